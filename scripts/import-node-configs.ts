/**
 * Writes the public deploy configs into artifacts/node-configs/ in our own form, each with where it was published.
 * Usage: tsx scripts/import-node-configs.ts FOLDER (of the published files, with their index.json)
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { safeModelName } from '../src/files/names.js';
import type { NodeObject } from '../src/network/node-object.js';
import { artifactsFolder } from '../src/paths.js';

interface Indexed {
  file: string;
  model: string;
  gpu: string;
  variant: string;
  default: boolean;
  repository: string;
  commit: string | null;
  date: string | null;
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: tsx scripts/import-node-configs.ts FOLDER (of the published files, with index.json)');
  process.exit(1);
}
const read = async <T>(name: string) => JSON.parse(await readFile(join(folder, name), 'utf8')) as T;
const target = join(artifactsFolder, 'node-configs');
await mkdir(target, { recursive: true });
for (const entry of await read<Indexed[]>('index.json')) {
  const nodes = await read<NodeObject[]>(entry.file);
  const name = [
    safeModelName(entry.model),
    entry.gpu.toLowerCase(),
    ...(entry.default ? [] : [entry.variant]),
  ];
  const path = join(target, `${name.join('_')}.json`);
  await writeFile(path, `${JSON.stringify(configOf(entry, nodes), null, 2)}\n`);
  console.log(`${path}: ${nodes.length === 1 ? '' : `${nodes.length} nodes, `}from ${entry.file}`);
}

function configOf({ model, gpu, variant, repository, file, commit, date }: Indexed, nodes: NodeObject[]) {
  const [first, ...others] = nodes.map((node) => node.models[model]);
  if (first === undefined) throw new Error(`${file} has no ${model}`);
  if (others.some((other) => !isDeepStrictEqual(other, first))) throw new Error(`${file}: its nodes differ`);
  const { args, model_override: override, ...more } = first;
  if (Object.keys(more).length > 0)
    throw new Error(`${file}: unknown fields ${Object.keys(more).join(', ')}`);
  return {
    $schema: '../schemas/deploy-config.schema.json',
    model,
    gpu,
    variant,
    ...(variant === 'guide' && { source: 'the bootstrap guide of April 2026' }),
    published: { repository, file: file.replace(/@[^.]*(?=\.json$)/, ''), commit, date },
    ...(nodes.length > 1 && { nodes: nodes.length }),
    args,
    ...(override != null && { model_override: override }),
  };
}
