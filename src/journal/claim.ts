import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { AssayError, messageOf } from '../errors.js';
import { makeFolder } from '../files/make-folder.js';
import { writeWhole } from '../files/write-whole.js';

/** The file that says what a folder belongs to; the folder's other content is next to it. */
const IDENTITY_FILE = 'identity.json';

/**
 * Makes a folder belong to one thing. The identity is written into the folder once, and compared on each
 * later use. A folder's name is not enough: the folder may have been copied, renamed, or made by an older
 * version.
 *
 * @param identity what the folder belongs to, as plain JSON
 * @throws AssayError when it belongs to something else, or cannot be written
 */
export async function claimFolder(folder: string, identity: Record<string, string>): Promise<void> {
  const path = join(folder, IDENTITY_FILE);
  try {
    makeFolder(folder);
    if (!existsSync(path)) return await writeWhole(path, `${JSON.stringify(identity)}\n`);
  } catch (error) {
    throw new AssayError(`cannot write ${path}: ${messageOf(error)}`, {
      advice: 'give a folder that can be written',
    });
  }
  const found = parse(await readFile(path, 'utf8').catch(() => ''));
  if (isDeepStrictEqual(found, identity)) return;
  throw new AssayError(`${folder} is of ${textOf(found)}, not of ${textOf(identity)}`, {
    advice: 'give another folder, or move that one away',
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function textOf(identity: unknown): string {
  return identity === null ? 'an unknown run' : JSON.stringify(identity);
}
