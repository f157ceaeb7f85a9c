import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AssayError } from '../errors.js';
import { type CatalogFile, catalogFiles, isMeantFor, REFUSED_ADVICE } from '../files/catalog.js';
import { safeModelName } from '../files/names.js';
import { artifactsFolder } from '../paths.js';
import { didYouMean } from '../text/nearest.js';
import { loadGolden } from './load.js';
import type { GoldenReference } from './reference.js';
import { type ChosenReference, chooseVariant, type NodeHardware } from './variant.js';

/** The references in the package. */
export const goldenFolder = join(artifactsFolder, 'golden');

/** A reference of a catalogue that was read, or the reason why not. */
export type ListedGolden = CatalogFile & ({ reference: GoldenReference } | { refused: string });

/**
 * Reads every reference: the user's first, then those of the package. A broken file does not block the
 * others.
 */
export async function listGolden(): Promise<ListedGolden[]> {
  return Promise.all((await catalogFiles('golden')).map(readListed));
}

async function readListed(file: CatalogFile): Promise<ListedGolden> {
  try {
    return { ...file, reference: await loadGolden(file.path) };
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    return { ...file, refused: error.message };
  }
}

/**
 * The reference of a model: the user's where there is one, otherwise the package's. Of several, the one that
 * fits the node. A missing reference is never replaced by that of another model.
 *
 * @param node what is known of the node
 * @throws AssayError that names the models with a reference; or for a broken file of the user's for this
 *   model
 */
export async function chooseGolden(
  model: string,
  node: NodeHardware | null = null,
): Promise<ChosenReference> {
  return chooseVariant(await goldenOf(model), node);
}

/** As `chooseGolden`, where nothing is known of the node. */
export async function findGolden(model: string): Promise<GoldenReference> {
  return (await chooseGolden(model)).reference;
}

/** Whether a reference of a model has exactly this name, so that the name is not a misspelling. */
export async function hasGolden(model: string): Promise<boolean> {
  const { own, shipped } = await candidatesOf(model);
  const read = await Promise.all([...own, ...shipped].map(readListed));
  return read.some((file) => 'reference' in file && file.reference.file.model === model);
}

/** The files that may hold references of a model. The package names its files by the model; a user need not. */
async function candidatesOf(model: string): Promise<{ own: CatalogFile[]; shipped: CatalogFile[] }> {
  const files = await catalogFiles('golden');
  const prefix = safeModelName(model);
  return {
    own: files.filter(({ isOwn }) => isOwn),
    shipped: files.filter(({ isOwn, name }) => !isOwn && name.startsWith(prefix)),
  };
}

/** All references of a model to choose from, the default one first. */
export async function goldenOf(model: string): Promise<GoldenReference[]> {
  const candidates = await candidatesOf(model);
  const own = await readOfModel(candidates.own, model);
  if (own.length > 0) return own;
  const found = await readOfModel(candidates.shipped, model);
  if (found.length > 0) return found;
  throw await noReference(model);
}

async function readOfModel(files: CatalogFile[], model: string): Promise<GoldenReference[]> {
  const plain = safeModelName(model);
  const found: GoldenReference[] = [];
  for (const file of files) {
    const listed = await readListed(file);
    if ('reference' in listed) {
      if (listed.reference.file.model !== model) continue;
      if (file.name === plain) found.unshift(listed.reference);
      else found.push(listed.reference);
    } else if (await isMeantFor(file, model)) {
      // The user wants this file. Using another one instead would be a surprise.
      throw new AssayError(listed.refused, {
        advice: REFUSED_ADVICE,
      });
    }
  }
  return found;
}

async function noReference(model: string): Promise<AssayError> {
  const known = await knownModels();
  const ways = `give one with --reference FILE, or put it into a catalogue (\`assay catalog add FILE\`), or record one from a trusted node: assay record --mlnode-url URL --model ${model} --num-nonces 200 --out ${safeModelName(model)}.json`;
  return new AssayError(`no reference for model ${model}: there are references of ${known.join(', ')}`, {
    advice: [didYouMean(model, known), ways].filter(Boolean).join(' '),
  });
}

/** For a text that may be a path, a name or a model. */
function noneOfThatName(text: string, models: string[], files: CatalogFile[]): AssayError {
  const meant = didYouMean(text, [...files.map(({ name }) => name), ...models]);
  return new AssayError(
    `no reference is called ${text}, none is of a model ${text}, and there is no such file`,
    {
      advice: [meant, '`assay golden list` shows the references; a file is given by its path']
        .filter(Boolean)
        .join(' '),
    },
  );
}

async function knownModels(): Promise<string[]> {
  const listed = await listGolden();
  return [...new Set(listed.flatMap((each) => ('reference' in each ? each.reference.file.model : [])))];
}

/**
 * The path of a reference: a file of that path, otherwise a name that `golden list` prints, with or without
 * `.json`, otherwise the reference of that model.
 *
 * @throws AssayError that names the references that exist
 */
export async function resolveGoldenPath(text: string): Promise<string> {
  const found = await stat(text).catch(() => null);
  if (found?.isFile()) return text;
  const files = await catalogFiles('golden');
  const wanted = text.replace(/\.json$/, '');
  const named = files.find(({ name }) => name === wanted);
  if (named !== undefined) return named.path;
  // A path to no file is reported when it is read.
  if (text.endsWith('.json') || /^[./~]/.test(text)) {
    if (/[/\\]/.test(text)) return text;
    throw new AssayError(`reference ${text}: no such file, and no such name among ${listNames(files)}`);
  }
  const models = await knownModels();
  if (!models.includes(text)) throw noneOfThatName(text, models, files);
  return (await chooseGolden(text)).reference.path;
}

/**
 * A reference by path, by name, or by model.
 *
 * @param model the model name for a recording that has none
 */
export async function loadGoldenByName(text: string, model?: string): Promise<GoldenReference> {
  return loadGolden(await resolveGoldenPath(text), model);
}

function listNames(files: CatalogFile[]): string {
  return [...new Set(files.map(({ name }) => name))].join(', ');
}
