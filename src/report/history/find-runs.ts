import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AssayError, messageOf } from '../../errors.js';

const REPORT = 'validate_report.json';

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
  if (existsSync(join(path, REPORT))) return [path];
  const names = await readdir(path, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    const what = error.code === 'ENOENT' ? 'no such folder' : messageOf(error);
    throw new AssayError(`${path}: ${what}`, { advice: 'give run folders, or a folder that holds some' });
  });
  const runs = names.filter((name) => name.endsWith(`/${REPORT}`)).map((name) => join(path, dirname(name)));
  if (runs.length === 0) {
    throw new AssayError(`${path}: no run in it`, { advice: `a run has a ${REPORT} in its folder` });
  }
  return runs.sort();
}
