import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { AssayError, messageOf } from '../errors.js';

const LOCK_FILE = 'fleet.lock';

interface Holder {
  pid: number;
  host: string;
}

/**
 * Takes a folder for this process alone, so that two fleets never write one. A lock that a process of this
 * machine left when it was killed is taken over.
 *
 * @returns gives the folder back
 * @throws AssayError naming who holds it
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, LOCK_FILE);
  if (!take(path)) {
    const holder = readHolder(path);
    if (holder === undefined || isAlive(holder)) throw taken(path, folder, holder);
    rmSync(path, { force: true });
    if (!take(path)) throw taken(path, folder, readHolder(path));
  }
  return () => rmSync(path, { force: true });
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

/** Of another machine nobody can tell here: it counts as alive. */
function isAlive({ pid, host }: Holder): boolean {
  if (host !== hostname()) return true;
  // Of an earlier life: in a container every life has the same number.
  if (pid === process.pid) return false;
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
