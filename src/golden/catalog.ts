import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AssayError } from '../errors.js';
import { safeModelName } from '../files/names.js';
import { artifactsFolder } from '../paths.js';
import { loadGolden } from './load.js';
import type { GoldenReference } from './reference.js';

export const goldenFolder = join(artifactsFolder, 'golden');

/** The references that come with the package, by file name. */
export async function listGolden(): Promise<string[]> {
  const names = await readdir(goldenFolder);
  return names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(goldenFolder, name));
}

/**
 * The reference of a model that comes with the package. There is never a substitute for a missing one.
 *
 * @throws AssayError naming the expected file, the ones that are there and how to record one
 */
export async function findGolden(model: string): Promise<GoldenReference> {
  return loadGolden(await findGoldenPath(model));
}

async function findGoldenPath(model: string): Promise<string> {
  const expected = join(goldenFolder, `${safeModelName(model)}.json`);
  if (existsSync(expected)) return expected;
  const available = (await listGolden()).map((path) => basename(path)).join(', ');
  throw new AssayError(
    `no golden reference for model ${model}: ${basename(expected)} is not among ${available}`,
    {
      advice: `give one with --reference FILE, or record one from a trusted node: assay record --mlnode-url URL --model ${model} --num-nonces 200 --out ${basename(expected)}`,
    },
  );
}

/** The path itself where the text names a file, else that of the model's reference. */
export async function resolveGoldenPath(modelOrPath: string): Promise<string> {
  return modelOrPath.endsWith('.json') || existsSync(modelOrPath) ? modelOrPath : findGoldenPath(modelOrPath);
}

/** A reference by path where the text names a file, else by model. */
export async function loadGoldenByName(modelOrPath: string): Promise<GoldenReference> {
  return loadGolden(await resolveGoldenPath(modelOrPath));
}
