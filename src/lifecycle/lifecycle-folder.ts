import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { makeNewFolder } from '../files/make-folder.js';
import { folderName, timeStamp } from '../files/names.js';
import { claimFolder } from '../journal/claim.js';

/** The path of a host file's run: in the same folder, so that the same file always finds the same run. */
export function runFolderOf(hostFile: string): string {
  return join(dirname(hostFile), `${basename(hostFile, extname(hostFile))}.run`);
}

export const journalPath = (folder: string) => join(folder, 'journal.jsonl');

/** The folder of a node's switch. */
export function switchFolder(folder: string, id: string): string {
  return join(folder, 'nodes', folderName(id));
}

/** Finds a switch folder that was made, but whose switch has not begun. */
export async function clearUnbegun(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}

/** The validations of a node, oldest first; one that was killed leaves its folder too. */
export async function validationFolders(folder: string, id: string): Promise<string[]> {
  const parent = validationsOf(folder, id);
  const names = (await readdir(parent).catch(() => [])).filter((name) => /^\d{1,9}$/.test(name));
  return names.sort((a, b) => Number(a) - Number(b)).map((name) => join(parent, name));
}

/**
 * A folder for the node's next validation.
 *
 * @throws AssayError when the folder belongs to another node
 */
export async function freeValidationFolder(folder: string, id: string): Promise<string> {
  await claimFolder(validationsOf(folder, id), { node: id });
  const last = (await validationFolders(folder, id)).at(-1);
  return join(validationsOf(folder, id), String(last === undefined ? 1 : Number(basename(last)) + 1));
}

/** Renames a run's folder with the present time; returns the new path, of which nothing is overwritten. */
export async function putAside(folder: string): Promise<string> {
  const aside = makeNewFolder(`${folder}.${timeStamp(new Date())}`);
  // An empty folder is replaced.
  await rename(folder, aside);
  return aside;
}

const validationsOf = (folder: string, id: string) => join(folder, 'validations', folderName(id));
