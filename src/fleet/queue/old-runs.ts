import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { KEEP_S } from './job.js';

const EVERY_MS = 3600_000;

/**
 * Removes old runs of fleets, at once and then regularly: runs that no command has asked for during the time
 * for which the queue keeps jobs. It removes nothing else from the folder.
 *
 * @param folder has one folder per fleet, named by the fleet's id
 * @returns stops it
 */
export async function keepClean(folder: string, say: (text: string) => void): Promise<() => void> {
  await removeOldRuns(folder);
  const timer = setInterval(() => {
    removeOldRuns(folder).catch((error: Error) => say(`old runs stay in ${folder}: ${error.message}`));
  }, EVERY_MS).unref();
  return () => clearInterval(timer);
}

async function removeOldRuns(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(name)) continue;
    const path = join(folder, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > KEEP_S * 1000) await rm(path, { recursive: true, force: true });
  }
}
