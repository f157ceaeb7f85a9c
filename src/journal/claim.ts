import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { AssayError, messageOf } from '../errors.js';
import { makeFolder } from '../files/make-folder.js';
import { writeWhole } from '../files/write-whole.js';

/** Says whose a folder is; beside it stands what was kept for it. */
const IDENTITY_FILE = 'identity.json';

/**
 * Makes a folder that of one thing: what it is of is written into it once, and compared from then on. A folder's
 * name alone says little of whose it is: it may have been copied, renamed, or made by an older version.
 *
 * @param identity of what it is, as plain JSON
 * @throws AssayError when it is of something else, or cannot be written
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
