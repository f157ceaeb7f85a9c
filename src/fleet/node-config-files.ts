import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { glob } from 'tinyglobby';
import { AssayError } from '../errors.js';

/**
 * The files that a path or a glob means, sorted. A file of exactly that name counts before any pattern.
 *
 * @param folder what a relative pattern starts from
 * @param place where the pattern stands, for the error
 * @throws AssayError where it means no file
 */
export async function filesOf(pattern: string, folder: string, place: string): Promise<string[]> {
  const exact = resolve(folder, pattern);
  if (existsSync(exact)) return [exact];
  const fault = faultOf(pattern);
  if (fault !== undefined) throw new AssayError(`${place}: glob "${pattern}" ${fault}`);
  const files = await glob(pattern, {
    cwd: folder,
    absolute: true,
    onlyFiles: true,
    expandDirectories: false,
  });
  if (files.length > 0) return files.sort();
  throw new AssayError(`${place}: no file is named "${pattern}", and none matches it as a glob`, {
    advice: 'paths are relative to the folder of the fleet file',
  });
}

const CLOSING: Record<string, string> = { '[': ']', '{': '}', '(': ')' };

/** A bracket without its other half matches itself, so that a slip of the pen would leave nodes out. */
function faultOf(pattern: string): string | undefined {
  const open: string[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] as string;
    if (character === '\\') at++;
    else if (character in CLOSING && open.at(-1) !== ']') open.push(CLOSING[character] as string);
    else if (character === open.at(-1)) open.pop();
    else if (Object.values(CLOSING).includes(character) && open.at(-1) !== ']') {
      return `has a "${character}" that closes nothing`;
    }
  }
  return open.length === 0 ? undefined : `has no "${open.at(-1)}"`;
}
