import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { AssayError, messageOf } from '../errors.js';

const LOCK_FILE = 'fleet.lock';
/** A holder says so often that it is alive, */
const BEAT_MS = 15_000;
/** and one of another machine that was silent for so long is gone. */
const GONE_MS = 120_000;

/** Of this process. */
const held = new Set<string>();

interface Holder {
  pid: number;
  host: string;
}

/**
 * Takes a folder for this process alone, so that two fleets never write one. A lock that a killed process left
 * is taken over: at once where it was of this machine, after two minutes of silence where it was of another.
 *
 * @returns gives the folder back
 * @throws AssayError naming who holds it
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, LOCK_FILE);
  if (!take(path)) {
    const holder = readHolder(path);
    if (holder === undefined || isAlive(holder, path)) throw taken(path, folder, holder);
    rmSync(path, { force: true });
    if (!take(path)) throw taken(path, folder, readHolder(path));
  }
  held.add(path);
  const beat = setInterval(() => touch(path), BEAT_MS);
  beat.unref();
  return () => {
    clearInterval(beat);
    held.delete(path);
    rmSync(path, { force: true });
  };
}

function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // The folder went, or takes nothing: whoever writes there next tells it better.
  }
}

/** Creates the lock, or finds that it is there. */
function take(path: string): boolean {
  const holder: Holder = { pid: process.pid, host: hostname() };
  try {
    writeFileSync(path, JSON.stringify(holder), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new AssayError(`cannot write ${path}: ${messageOf(error)}`, {
      advice: 'give a folder that can be written',
    });
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    const { pid, host } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder>;
    return typeof pid === 'number' && typeof host === 'string' ? { pid, host } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, host }: Holder, path: string): boolean {
  if (host !== hostname()) return Date.now() - statSync(path).mtimeMs < GONE_MS;
  // Of an earlier life: in a container every life has the same number.
  if (pid === process.pid) return held.has(path);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function taken(path: string, folder: string, holder: Holder | undefined): AssayError {
  const who = holder === undefined ? 'somebody' : `process ${holder.pid} on ${holder.host}`;
  return new AssayError(`${who} writes folder ${folder}`, {
    advice: `wait for it, or give another folder; if it is gone for good, remove ${path}`,
  });
}
