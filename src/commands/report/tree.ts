import { lstat, readdir, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { AssayError } from '../../errors.js';
import { REPORT_FILE as FLEET_FILE } from '../../fleet/write-reports.js';
import { RUN_REPORT_FILE } from '../../run/files.js';

/** Largest depth of folders: a fleet of a watch has its runs four levels below. */
const DEEPEST = 8;

/** The runs and fleets of a folder, by paths below it. */
export interface Tree {
  runs: string[];
  fleets: string[];
}

/**
 * Finds the runs and the fleets below a folder. It follows no symbolic link.
 *
 * @param root the folder, without links in its path
 */
export async function treeOf(root: string): Promise<Tree> {
  const tree: Tree = { runs: [], fleets: [] };
  await look('', 0);
  return { runs: tree.runs.sort(), fleets: tree.fleets.sort() };

  async function look(path: string, depth: number): Promise<void> {
    const entries = await readdir(join(root, path), { withFileTypes: true });
    const files = new Set(entries.filter((entry) => entry.isFile()).map(({ name }) => name));
    if (files.has(RUN_REPORT_FILE)) tree.runs.push(path);
    if (files.has(FLEET_FILE)) tree.fleets.push(path);
    if (depth === DEEPEST) return;
    for (const entry of entries) if (entry.isDirectory()) await look(join(path, entry.name), depth + 1);
  }
}

/** The real path of the folder itself, after all links in its name. */
export async function rootOf(folder: string): Promise<string> {
  try {
    const root = await realpath(folder);
    if ((await lstat(root)).isDirectory()) return root;
  } catch {
    // reported below
  }
  throw new AssayError(`${folder}: no such folder`, { advice: 'give a folder that holds runs' });
}

/**
 * Refuses a folder that contains a link, or that is itself outside the root: nobody may see what a link leads
 * to.
 *
 * @param path below the root
 */
export async function requireInside(root: string, path: string): Promise<void> {
  const folder = await realpath(join(root, path));
  const way = relative(root, folder);
  const entries = await readdir(folder, { withFileTypes: true });
  const isOutside = way !== path || way.split(sep)[0] === '..';
  if (!isOutside && entries.every((entry) => !entry.isSymbolicLink())) return;
  throw new AssayError(`${path}: a link in it may lead out of the folder that is served`, {
    advice: 'look at it with `assay report` where it is',
  });
}
