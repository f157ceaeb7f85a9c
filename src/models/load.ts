import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AssayError, messageOf } from '../errors.js';
import { artifactsFolder } from '../paths.js';
import { accept } from '../schemas/accept.js';
import validateModel from '../schemas/generated/model.js';
import type { KnownModel, ModelFile } from './model-file.js';

/** Where the model files are that come with the package. */
export const modelsFolder = join(artifactsFolder, 'models');

/**
 * Reads a model file and checks it.
 *
 * @throws AssayError naming the file, the place in it and the reason
 */
export async function loadModel(path: string): Promise<KnownModel> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new AssayError(
      `model file ${path}: ${error.code === 'ENOENT' ? 'no such file' : messageOf(error)}`,
    );
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

/**
 * What is known of each model, in the order of the folders: of two files of one model the first counts.
 *
 * @param folders folders of model files, those of the user first; one that is not there holds none
 */
export async function loadModels(folders: string[] = []): Promise<KnownModel[]> {
  const all: KnownModel[] = [];
  for (const folder of [...folders, modelsFolder]) {
    for (const path of await filesOf(folder)) {
      const known = await loadModel(path);
      if (!all.some(({ file }) => file.model === known.file.model)) all.push(known);
    }
  }
  return all;
}

/** What is known of one model; null where no file tells. */
export async function findModel(model: string, folders: string[] = []): Promise<KnownModel | null> {
  return (await loadModels(folders)).find(({ file }) => file.model === model) ?? null;
}

async function filesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new AssayError(`folder of model files ${folder}: ${messageOf(error)}`);
  });
  return names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(folder, name));
}
