import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { AssayError, messageOf } from '../errors.js';
import { artifactsFolder } from '../paths.js';
import { safeModelName } from './names.js';
import { readWhole } from './read-whole.js';

/**
 * The kinds of files in a catalogue. Each kind has a folder of its name; a user's own files may also be in
 * one folder.
 */
export type CatalogKind = 'golden' | 'models' | 'node-configs';

/** A file of a catalogue. It is not read yet, so it may be invalid. */
export interface CatalogFile {
  /** Its file name without `.json`. */
  name: string;
  path: string;
  /** Whether it is from the user's catalogue; else it is from the package. */
  isOwn: boolean;
}

/** Advice about a file of the user's catalogue that is refused. */
export const REFUSED_ADVICE =
  'correct the file, or remove it from the catalogue; `assay catalog list` shows every file';

/** The environment variable for the user's catalogue, with the same meaning as `--catalog`. */
export const CATALOG_VARIABLE = 'ASSAY_CATALOG';

/** The folder of the user's catalogue; null where none is set. */
export function ownCatalog(): string | null {
  const named = process.env[CATALOG_VARIABLE];
  return named === undefined || named === '' ? null : resolve(named);
}

/**
 * Sets the user's catalogue for this process and its threads. Only the variable stores it, so that the flag
 * and the environment cannot differ.
 */
export function useCatalog(folder: string): void {
  process.env[CATALOG_VARIABLE] = resolve(folder);
}

/**
 * The files of a kind: the user's first, then the package's.
 *
 * @throws AssayError when the user's catalogue cannot be read
 */
export async function catalogFiles(kind: CatalogKind): Promise<CatalogFile[]> {
  const own = ownCatalog();
  const shipped = await jsonFiles(join(artifactsFolder, kind), false);
  return own === null ? shipped : [...(await ownFiles(own, kind)), ...shipped];
}

/** The user's files of a kind, in the folder of the kind and directly in the catalogue. */
async function ownFiles(own: string, kind: CatalogKind): Promise<CatalogFile[]> {
  const isFolder = await stat(own).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    throw new AssayError(`catalogue ${own}: no such folder`, {
      advice: `correct --catalog or ${CATALOG_VARIABLE}; \`assay catalog add FILE\` makes the folder`,
    });
  }
  const beside = await Promise.all(
    (await jsonFiles(own, true)).map(async (file) => ({ file, kind: await kindOfFile(file.path) })),
  );
  // An unreadable file may be of any kind: it must not be ignored.
  const fitting = beside.filter((each) => each.kind === kind || each.kind === null);
  return [...(await jsonFiles(join(own, kind), true)), ...fitting.map(({ file }) => file)];
}

async function jsonFiles(folder: string, isOwn: boolean): Promise<CatalogFile[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new AssayError(`catalogue folder ${folder}: ${messageOf(error)}`);
  });
  return names
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .sort()
    .map((name) => ({ name: basename(name, '.json'), path: join(folder, name), isOwn }));
}

/** null where the file cannot be read or is of no known kind. */
async function kindOfFile(path: string): Promise<CatalogKind | null> {
  try {
    return kindOf(JSON.parse(String(await readWhole(path))));
  } catch {
    return null;
  }
}

/** The kind of a catalogue file's content, by the fields that only this kind has; null when no kind fits. */
export function kindOf(value: unknown): CatalogKind | null {
  if (typeof value !== 'object' || value === null) return null;
  if ('artifacts' in value) return 'golden';
  if ('args' in value && 'gpu' in value) return 'node-configs';
  return 'honest' in value || 'other_weights' in value ? 'models' : null;
}

/**
 * Whether a refused file is meant for a model: its name or its content names the model. If so, no other file
 * may be used in its place.
 */
export async function isMeantFor(file: CatalogFile, model: string): Promise<boolean> {
  if (file.name.startsWith(safeModelName(model))) return true;
  const text = await readWhole(file.path).then(String, () => '');
  return text.includes(JSON.stringify(model));
}
