import { existsSync } from 'node:fs';
import { AssayError, messageOf, UsageError } from '../errors.js';
import { readWhole } from '../files/read-whole.js';

/** More nonces than any node's queue takes at once. It protects against typing errors. */
const MAX_NONCES = 10_000_000;

/**
 * The nonces of a recording, in the order in which they are computed.
 *
 * @param text a range such as `0-199` or `0-31,64,96-127`, or a file: nonces as a JSON list or one per line,
 *   or a reference, whose nonces are used
 * @throws UsageError for any other text; AssayError for a file that cannot be read
 */
export async function parseNonces(text: string): Promise<number[]> {
  const nonces = existsSync(text) ? await fromFile(text) : fromRange(text);
  const seen = new Set<number>();
  for (const nonce of nonces) {
    if (!Number.isSafeInteger(nonce) || nonce < 0) {
      throw new UsageError(`--nonces: "${nonce}" is no nonce, a nonce is a whole number of 0 or more`);
    }
    if (seen.has(nonce)) throw new UsageError(`--nonces: nonce ${nonce} is given twice`);
    seen.add(nonce);
  }
  if (nonces.length === 0) throw new UsageError(`--nonces: no nonces in ${text}`);
  return nonces;
}

function fromRange(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const match = /^(\d{1,16})(?:-(\d{1,16}))?$/.exec(part.trim());
    if (match === null) {
      throw new UsageError(`--nonces: "${text}" is neither a file nor a range like 0-199`);
    }
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (last < first) throw new UsageError(`--nonces: "${part}" runs backwards`);
    if (last - first >= MAX_NONCES)
      throw new UsageError(`--nonces: "${part}" is more than ${MAX_NONCES} nonces`);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

async function fromFile(path: string): Promise<number[]> {
  let text: string;
  try {
    text = String(await readWhole(path));
  } catch (error) {
    throw new AssayError(`${path}: cannot be read (${messageOf(error)})`);
  }
  if (!/^\s*[[{]/.test(text)) return text.split(/\s+/).filter(Boolean).map(Number);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new AssayError(`${path}: not JSON (${messageOf(error)})`);
  }
  const artifacts = (value as { artifacts?: unknown }).artifacts;
  if (Array.isArray(value)) return value as number[];
  if (Array.isArray(artifacts))
    return artifacts.map((artifact: { nonce?: unknown }) => Number(artifact?.nonce));
  throw new AssayError(`${path}: neither a list of nonces nor a reference`);
}
