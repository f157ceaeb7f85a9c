import { dirname } from 'node:path';
import { AssayError, messageOf } from '../errors.js';
import { makeFolder } from '../files/make-folder.js';
import { writeWhole } from '../files/write-whole.js';
import { canonicalGolden } from './canonical.js';
import type { GoldenFile } from './reference.js';

/**
 * Writes a reference in the canonical form. A reader of the path finds either the old file or the new one,
 * complete.
 */
export async function saveGolden(path: string, file: GoldenFile): Promise<void> {
  try {
    makeFolder(dirname(path));
  } catch (error) {
    throw new AssayError(`reference ${path}: cannot be written (${messageOf(error)})`, {
      advice: 'give a path in a writable folder',
    });
  }
  await writeWhole(path, canonicalGolden(file));
}
