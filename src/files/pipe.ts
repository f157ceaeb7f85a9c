import { closeSync, constants, openSync, readSync, statSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long the other end of a named pipe may be away, and how long it may write nothing. */
const LIMIT_MS = { away: 5_000, idle: 30_000 };
const LOOK_MS = 20;

let givenUp: Error | null = null;

/** Ends every wait for a pipe, now and later: the user wants the process to end. @param reason what each wait throws; null: waits go on */
export function giveUpPipes(reason: Error | null): void {
  givenUp = reason;
}

export function isPipe(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
  } catch {
    // What cannot be looked at fails where it is opened, and that error says why in plain words.
    return false;
  }
}

/**
 * Reads a pipe to its end. To open one in the usual way waits for ever where nobody writes, and keeps the process
 * from ending. It pauses without a blocked thread, so that a second Ctrl-C ends the process.
 *
 * @param take called with each part
 * @throws an Error that says what did not come, or what `take` throws
 */
export async function readPipe(
  path: string,
  take: (part: Buffer) => void,
  limitMs = LIMIT_MS,
): Promise<void> {
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
      if (givenUp !== null) throw givenUp;
      const waitedMs = performance.now() - since;
      if (part !== null && waitedMs > limitMs.away) throw new Error('it is a pipe into which nobody writes');
      if (waitedMs > limitMs.idle)
        throw new Error(`nothing came through this pipe for ${limitMs.idle / 1000} s`);
      await sleep(LOOK_MS);
    }
  } finally {
    closeSync(file);
  }
}

/**
 * Waits until somebody reads a named pipe, and writes a text into it, as fast as it is read. A reader may be slow,
 * as a pager is; no thread is blocked meanwhile, which would keep the process from ending.
 *
 * @throws an Error where nobody reads, or the reader goes away
 */
export async function writePipe(path: string, text: string, awayMs = LIMIT_MS.away): Promise<void> {
  const file = await openForReader(path, awayMs);
  try {
    for (let rest = Buffer.from(text); rest.length > 0; ) {
      const written = writePart(file, rest);
      rest = rest.subarray(written);
      if (written === 0) await sleep(LOOK_MS);
    }
  } finally {
    closeSync(file);
  }
}

async function openForReader(path: string, awayMs: number): Promise<number> {
  for (const begin = performance.now(); ; await sleep(LOOK_MS)) {
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
      if (givenUp !== null) throw givenUp;
      if (performance.now() - begin > awayMs) throw new Error('it is a pipe from which nobody reads');
    }
  }
}

/** Bytes that were written; 0 where the pipe is full. */
function writePart(file: number, bytes: Buffer): number {
  try {
    return writeSync(file, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
    throw error;
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
