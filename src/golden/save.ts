import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AssayError, messageOf } from '../errors.js';
import { makeFolder } from '../files/make-folder.js';
import { canonicalGolden } from './canonical.js';
import type { GoldenFile } from './reference.js';

/** Writes a reference in the canonical form; whoever reads the path meanwhile finds the old file or the new. */
export async function saveGolden(path: string, file: GoldenFile): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    makeFolder(dirname(path));
    await writeFile(temporary, canonicalGolden(file));
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new AssayError(`reference ${path}: cannot be written (${messageOf(error)})`, {
      advice: 'give a path in a folder that you may write to',
    });
  }
}
