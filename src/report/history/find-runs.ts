import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { AssayError, messageOf } from '../../errors.js';
import { hasReport, RUN_REPORT_FILE } from '../../run/files.js';

/** Folders that are read before other work has its turn. */
const FOLDERS_AT_ONCE = 50;

/**
 * The run folders for some paths: the path itself if it is a run, else all runs below it.
 *
 * @throws AssayError when a path has none below it
 */
export async function findRuns(paths: string[]): Promise<string[]> {
  const found = await Promise.all(paths.map(runsBelow));
  return [...new Set(found.flat())];
}

async function runsBelow(path: string): Promise<string[]> {
  if (hasReport(path)) return [path];
  const runs: string[] = [];
  const todo = [path];
  for (let folder = todo.pop(); folder !== undefined; folder = todo.pop()) {
    // A live page asks for histories, too: its other requests must not wait for all of this.
    if (todo.length % FOLDERS_AT_ONCE === 0) await setImmediate();
    for (const entry of entriesOf(folder)) {
      const { name } = entry;
      if (name === RUN_REPORT_FILE && folder !== path) runs.push(folder);
      else if (isFolder(entry, folder)) todo.push(join(folder, name));
    }
  }
  if (runs.length === 0) {
    throw new AssayError(`${path}: no run in it`, { advice: `a run has a ${RUN_REPORT_FILE} in its folder` });
  }
  return runs.sort();
}

/** Read without a trip to another thread: for thousands of small folders that would cost more than the reading. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new AssayError(`${folder}: ${code === 'ENOENT' ? 'no such folder' : messageOf(error)}`, {
      advice: 'give run folders, or a folder that holds some',
    });
  }
}

/** Also where a link leads to a folder. */
function isFolder(entry: Dirent, folder: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  try {
    return statSync(join(folder, entry.name)).isDirectory();
  } catch {
    // It leads nowhere, or in a circle.
    return false;
  }
}
