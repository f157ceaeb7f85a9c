import { closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long the other end of a named pipe may be away, and how long it may write nothing. */
const LIMIT_MS = { away: 5_000, idle: 30_000 };
const LOOK_MS = 20;

export function isPipe(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
}

/**
 * Reads a pipe to its end. To open one in the usual way waits for ever where nobody writes, and keeps the process
 * from ending. Nothing else happens meanwhile: a pipe is read before anything has begun.
 *
 * @param take called with each part
 * @throws an Error that says what did not come, or what `take` throws
 */
export function readPipe(path: string, take: (part: Buffer) => void, limitMs = LIMIT_MS): void {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    let since = performance.now();
    for (let wasWritten = false; ; ) {
      const part = nextPart(file);
      if (part?.length === 0 && wasWritten) return;
      if (part !== null && part.length > 0) {
        take(part);
        wasWritten = true;
        since = performance.now();
        continue;
      }
      const waitedMs = performance.now() - since;
      if (part !== null && waitedMs > limitMs.away) throw new Error('it is a pipe into which nobody writes');
      if (waitedMs > limitMs.idle)
        throw new Error(`nothing came through this pipe for ${limitMs.idle / 1000} s`);
      pauseProcess();
    }
  } finally {
    closeSync(file);
  }
}

/** Waits until somebody reads a named pipe, and opens it. @throws an Error where nobody does */
export async function openForReader(path: string, awayMs = LIMIT_MS.away): Promise<FileHandle> {
  for (const begin = performance.now(); ; await sleep(LOOK_MS)) {
    try {
      const held = await open(path, constants.O_WRONLY | constants.O_NONBLOCK);
      // One that waits for a slow reader, now that there is one.
      return await open(path, constants.O_WRONLY).finally(() => held.close());
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
      if (performance.now() - begin > awayMs) throw new Error('it is a pipe from which nobody reads');
    }
  }
}

/** The next part; empty where no writer is there, null where one is and has written nothing yet. */
function nextPart(file: number): Buffer | null {
  try {
    const buffer = Buffer.allocUnsafe(64 * 1024);
    return buffer.subarray(0, readSync(file, buffer));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return null;
    throw error;
  }
}

function pauseProcess(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_MS);
}
