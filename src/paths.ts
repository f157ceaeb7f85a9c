import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the installed package, wherever the build has put the code that asks. */
export const packageRoot = findPackageRoot(dirname(fileURLToPath(import.meta.url)));

/** Golden references, deploy configs and JSON Schemas that come with the package. */
export const artifactsFolder = join(packageRoot, 'artifacts');

/** A published schema, by the name of what it describes: `host` for host.yaml. */
export const schemaFile = (name: string): string => join(artifactsFolder, 'schemas', `${name}.schema.json`);

/** The probe worker: a file of its own, since a worker thread is started from a path. */
export const workerFile = join(packageRoot, 'dist', 'probe', 'worker.cjs');

/** The worker of comparisons of large files. */
export const compareWorkerFile = join(packageRoot, 'dist', 'compare', 'worker.cjs');

/** What the stand-in `inferenced` runs. */
export const inferencedFile = join(packageRoot, 'dist', 'simulator', 'inferenced', 'main.js');

function findPackageRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('package.json of mlnode-assay not found');
  return findPackageRoot(parent);
}
