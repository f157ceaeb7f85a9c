import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { glob } from 'tinyglobby';
import { AssayError } from '../errors.js';

/**
 * The files that match a path or a glob, sorted. A file of exactly that name wins over the pattern.
 *
 * @param folder start of a relative pattern
 * @param place where the pattern is written, for the error
 * @throws AssayError when no file matches
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

/** A bracket without its partner matches itself, so a typing error would silently leave out nodes. */
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
