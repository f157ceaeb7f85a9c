import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { messageOf } from '../errors.js';
import { isPipe, readPipe } from './pipe.js';

const MIB = 1024 * 1024;
/** A JavaScript string cannot be longer. */
const MOST_MIB = 512;
/** Bytes of the shortest part, as is asked for behind the end of a file. */
const SMALLEST = 4096;

/**
 * Reads a whole file that a user named, up to a limit: a device that never ends would otherwise fill all
 * memory.
 *
 * @param mostMib limit in MiB
 * @throws an Error that says in plain words why, with the system's `code`; also where the file is larger
 */
export async function readWhole(path: string, mostMib = MOST_MIB): Promise<Buffer> {
  try {
    if (isPipe(path)) {
      const chunks = new Chunks(0, mostMib);
      await readPipe(path, (part) => chunks.take(part));
      return chunks.whole();
    }
    const file = await open(path, 'r');
    try {
      const chunks = new Chunks((await file.stat()).size, mostMib);
      while (chunks.add((await file.read(chunks.next)).bytesRead));
      return chunks.whole();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw inPlainWords(error);
  }
}

/** The same for a caller that cannot wait. It refuses a pipe: to wait for one would block the whole process. */
export function readWholeSync(path: string, mostMib = MOST_MIB): Buffer {
  try {
    if (isPipe(path)) throw new Error('it is a pipe, not a file');
    const file = openSync(path, 'r');
    try {
      const chunks = new Chunks(fstatSync(file).size, mostMib);
      while (chunks.add(readSync(file, chunks.next)));
      return chunks.whole();
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw inPlainWords(error);
  }
}

/** The parts of a file that were read. A pipe or a device has size 0, and ends where nothing more is read. */
class Chunks {
  private readonly read: Buffer[] = [];
  private bytes = 0;
  /** Where the next part goes. */
  next: Buffer;

  constructor(
    private readonly size: number,
    private readonly mostMib: number,
  ) {
    this.next = this.buffer();
  }

  /** @returns whether there may be more */
  add(bytes: number): boolean {
    if (bytes === 0) return false;
    this.take(this.next.subarray(0, bytes));
    if (this.bytes === this.size) return false;
    this.next = this.buffer();
    return true;
  }

  take(part: Buffer): void {
    this.bytes += part.length;
    if (this.bytes > this.mostMib * MIB) throw new Error(`it is larger than ${this.mostMib} MiB`);
    this.read.push(part);
  }

  whole(): Buffer {
    return this.read.length === 1 ? (this.read[0] as Buffer) : Buffer.concat(this.read, this.bytes);
  }

  private buffer(): Buffer {
    return Buffer.allocUnsafe(Math.min(MIB, Math.max(this.size - this.bytes, SMALLEST)));
  }
}

const REASONS: Record<string, string> = {
  ENOENT: 'no such file',
  EISDIR: 'it is a folder, not a file',
  EACCES: 'no permission to read it',
  ENOTDIR: 'a part of its path is a file, not a folder',
};

function inPlainWords(error: unknown): Error {
  const { code = '' } = error as NodeJS.ErrnoException;
  return Object.assign(new Error(REASONS[code] ?? messageOf(error), { cause: error }), { code });
}
