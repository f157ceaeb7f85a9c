import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AssayError, messageOf } from '../../errors.js';
import { hasReport, RUN_REPORT_FILE } from '../../run/files.js';

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
  const names = await readdir(path, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    const what = error.code === 'ENOENT' ? 'no such folder' : messageOf(error);
    throw new AssayError(`${path}: ${what}`, { advice: 'give run folders, or a folder that holds some' });
  });
  const runs = names
    .filter((name) => name.endsWith(`/${RUN_REPORT_FILE}`))
    .map((name) => join(path, dirname(name)));
  if (runs.length === 0) {
    throw new AssayError(`${path}: no run in it`, { advice: `a run has a ${RUN_REPORT_FILE} in its folder` });
  }
  return runs.sort();
}
