import { rename, writeFile } from 'node:fs/promises';
import { AssayError, messageOf } from '../errors.js';

/** Writes a file whole: under a temporary name first, so that nobody ever reads half of it. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, text);
    await rename(temporary, path);
  } catch (error) {
    throw new AssayError(`cannot write ${path}: ${messageOf(error)}`, {
      advice: 'give a path in a folder that exists and can be written',
    });
  }
}
