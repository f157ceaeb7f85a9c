import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { AssayError, messageOf } from '../errors.js';
import { type CatalogFile, catalogFiles, isMeantFor, REFUSED_ADVICE } from '../files/catalog.js';
import { readWhole } from '../files/read-whole.js';
import { artifactsFolder } from '../paths.js';
import { accept } from '../schemas/accept.js';
import validateModel from '../schemas/generated/model.js';
import type { KnownModel, ModelFile } from './model-file.js';

/** The folder of the package's model files. */
export const modelsFolder = join(artifactsFolder, 'models');

/**
 * Reads a model file and checks it.
 *
 * @throws AssayError that names the file, the place in it and the reason
 */
export async function loadModel(path: string): Promise<KnownModel> {
  const bytes = await readWhole(path).catch((error: unknown) => {
    throw new AssayError(`model file ${path}: ${messageOf(error)}`);
  });
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new AssayError(`model file ${path}: not JSON (${messageOf(error)})`);
  }
  const file = accept<ModelFile>(validateModel, value, `model file ${path}`);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { path, sha256, shipped: path.startsWith(modelsFolder), file };
}

/** A model file of a catalogue that was read, or the reason why not. */
export type ListedModel = CatalogFile & ({ known: KnownModel } | { refused: string });

/**
 * Reads every model file: the user's first, then those of the package. A broken file does not block the
 * others.
 */
export async function listModels(): Promise<ListedModel[]> {
  return Promise.all(
    (await catalogFiles('models')).map(async (file) => {
      try {
        return { ...file, known: await loadModel(file.path) };
      } catch (error) {
        if (!(error instanceof AssayError)) throw error;
        return { ...file, refused: error.message };
      }
    }),
  );
}

/** What is known of each model, the user's files first; of two files of one model the first counts. */
export async function loadModels(): Promise<KnownModel[]> {
  const known = (await listModels()).flatMap((each) => ('known' in each ? each.known : []));
  return known.filter(({ file }, at) => known.findIndex((other) => other.file.model === file.model) === at);
}

/**
 * What is known of one model: from the user's file where there is one, otherwise from the package's; null
 * where there is no file.
 *
 * @throws AssayError for a broken file of the user's for this model
 */
export async function findModel(model: string): Promise<KnownModel | null> {
  for (const each of await listModels()) {
    if ('known' in each) {
      if (each.known.file.model === model) return each.known;
    } else if (await isMeantFor(each, model)) throw new AssayError(each.refused, { advice: REFUSED_ADVICE });
  }
  return null;
}
