import { createHash } from 'node:crypto';

/**
 * The file name of a model's reference: lower case, with dashes for characters that a path cannot contain.
 */
export function safeModelName(model: string): string {
  return model
    .toLowerCase()
    .replaceAll(/[/\\:\s]/g, '-')
    .replaceAll(/-+/g, '-');
}

/**
 * Characters that every file system accepts, apart from case: such a name needs no change as a folder's name.
 */
const PLAIN = /^[a-z0-9_][a-z0-9._-]{0,59}$/;
/** Names that Windows reserves for devices, with any ending. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/;
const READABLE_CHARACTERS = 40;

/**
 * The folder name for `name`: two names never share a folder, on any file system. A plain name (lower-case
 * letters, digits, dots, dashes, underscores) stays unchanged. Another name keeps its readable part, then has
 * a tilde and a hash of the whole name; a plain name has no tilde. At most 60 bytes.
 */
export function folderName(name: string): string {
  if (PLAIN.test(name) && !name.endsWith('.') && !DEVICE.test(name)) return name;
  const readable = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^[.-]+/g, '')
    .slice(0, READABLE_CHARACTERS)
    .replaceAll(/[.-]+$/g, '');
  return `${readable}~${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
}

/** A time as part of a name: `2026-11-24_170000`, with milliseconds `2026-11-24_170000.123`. */
export function timeStamp(time: Date, withMilliseconds = false): string {
  return time
    .toISOString()
    .slice(0, withMilliseconds ? 23 : 19)
    .replace('T', '_')
    .replaceAll(':', '');
}
