import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and its missing parents; an existing folder stays unchanged. Node's own `recursive` is not
 * used: it never ends in a folder that answers ENOENT to a new name, as those of /proc do.
 *
 * @throws the system's error when the folder cannot be made
 */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(path).isDirectory()) return;
    if (code !== 'ENOENT' || existsSync(dirname(path))) throw error;
    makeFolder(dirname(path));
    makeFolder(path);
  }
}

/** Nobody starts more in one second. */
const MOST_OF_A_NAME = 1_000;

/**
 * Makes a folder that was not there. Where the name is taken, `-2`, `-3` and so on follow it: names that hold a
 * time are the same for all that start within a second.
 *
 * @returns its path
 * @throws the system's error when the folder cannot be made
 */
export function makeNewFolder(path: string): string {
  makeFolder(dirname(path));
  for (let count = 1; ; count++) {
    const own = count === 1 ? path : `${path}-${count}`;
    try {
      mkdirSync(own);
      return own;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || count === MOST_OF_A_NAME) throw error;
    }
  }
}
