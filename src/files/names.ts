import { createHash } from 'node:crypto';

/** The file name of a model's reference: lower case, with what a path cannot hold turned into dashes. */
export function safeModelName(model: string): string {
  return model
    .toLowerCase()
    .replaceAll(/[/\\:\s]/g, '-')
    .replaceAll(/-+/g, '-');
}

/** What every file system takes as it is, apart from case: such a name is a folder's name already. */
const PLAIN = /^[a-z0-9_][a-z0-9._-]{0,59}$/;
/** Names that Windows keeps for devices, with any ending. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/;
const READABLE_CHARACTERS = 40;

/**
 * The name of a folder for whatever is called `name`: two names never share one, on any file system. A plain name (lower-case
 * letters, digits, dots, dashes, underscores) stays as it is. Of any other one what is readable stays, and a hash of
 * all of it follows behind a tilde, which no plain name has. At most 60 bytes.
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

/** A time as part of a name: `2026-11-24_170000`. */
export function timeStamp(time: Date): string {
  return time.toISOString().slice(0, 19).replace('T', '_').replaceAll(':', '');
}
