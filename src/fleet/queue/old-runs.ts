import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { KEEP_S } from './job.js';

const EVERY_MS = 3600_000;

/**
 * Removes the runs of fleets that no command has asked for in as long as the queue keeps their jobs, now and from
 * time to time. What else is in the folder is left alone.
 *
 * @param folder holds one folder a fleet, named by its id
 * @returns ends it
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
