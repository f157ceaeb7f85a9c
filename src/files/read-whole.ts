import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { messageOf } from '../errors.js';

const MIB = 1024 * 1024;
/** A JavaScript string cannot be longer. */
const MOST_MIB = 512;

/**
 * Reads a whole file that a user named, up to a limit: a device that never ends would otherwise fill all
 * memory.
 *
 * @param mostMib limit in MiB
 * @throws an Error that says in plain words why, with the system's `code`; also where the file is larger
 */
export async function readWhole(path: string, mostMib = MOST_MIB): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: MIB }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      requireSize(size, mostMib);
      chunks.push(chunk);
    }
  } catch (error) {
    throw inPlainWords(error);
  }
  return Buffer.concat(chunks, size);
}

/** The same for a caller that cannot wait. */
export function readWholeSync(path: string, mostMib = MOST_MIB): Buffer {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    const file = openSync(path, 'r');
    try {
      for (;;) {
        const chunk = Buffer.allocUnsafe(MIB);
        const read = readSync(file, chunk);
        if (read === 0) break;
        size += read;
        requireSize(size, mostMib);
        chunks.push(chunk.subarray(0, read));
      }
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw inPlainWords(error);
  }
  return Buffer.concat(chunks, size);
}

function requireSize(bytes: number, mostMib: number): void {
  if (bytes > mostMib * MIB) throw new Error(`it is larger than ${mostMib} MiB`);
}

const REASONS: Record<string, string> = {
  ENOENT: 'no such file',
  EISDIR: 'it is a folder, not a file',
  EACCES: 'no permission to read it',
};

function inPlainWords(error: unknown): Error {
  const { code = '' } = error as NodeJS.ErrnoException;
  return Object.assign(new Error(REASONS[code] ?? messageOf(error), { cause: error }), { code });
}
