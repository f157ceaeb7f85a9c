import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { folderName } from '../files/names.js';

/** The folder of a node's run that starts at `now`: `<root>/<node>/<YYYY-MM-DD_HHMMSS.mmm>`, so that names are in order. */
export function watchRunFolder(root: string, nodeId: string, now: Date): string {
  return join(root, folderName(nodeId), now.toISOString().slice(0, 23).replace('T', '_').replaceAll(':', ''));
}

/**
 * Removes a node's oldest runs. Folders that are no run are left alone.
 *
 * @param folder holds one folder a run, their names in order of time
 * @param keep how many of the latest stay
 * @param last name of the last PASS, which stays whatever its age: later runs are compared with it
 */
export async function pruneRuns(folder: string, keep: number, last?: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const runs = names.filter((name) => existsSync(join(folder, name, 'validate_config.json'))).sort();
  await Promise.all(
    runs
      .slice(0, Math.max(0, runs.length - keep))
      .filter((name) => name !== last)
      .map((name) => rm(join(folder, name), { recursive: true })),
  );
}
