import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AssayError, messageOf, UsageError } from '../../errors.js';
import { type CatalogKind, kindOf, ownCatalog } from '../../files/catalog.js';
import { makeFolder } from '../../files/make-folder.js';
import { safeModelName } from '../../files/names.js';
import { readWhole } from '../../files/read-whole.js';
import { writeWhole } from '../../files/write-whole.js';
import { loadGolden } from '../../golden/load.js';
import { type DeployConfig, readDeployConfig } from '../../models/deploy-config.js';
import { loadModel } from '../../models/load.js';
import { supersededText } from '../../models/superseded.js';
import { readNodeConfig } from '../../network/node-config.js';
import type { ModelConfig, NodeObject } from '../../network/node-object.js';
import { gpuClassOf } from '../../text/hardware.js';
import { jsonText } from '../../text/json.js';
import { defineCommand } from '../command.js';
import { textFlag } from '../flags.js';

/** One file to write into the catalogue. */
interface Entry {
  kind: CatalogKind;
  /** File name. */
  name: string;
  text: string;
  /** Parts of the source that the catalogue does not keep. */
  notKept: string[];
}

export const command = defineCommand({
  usage: '<file..>',
  description:
    'Checks files and copies them into your catalogue (--catalog DIR, or ASSAY_CATALOG; it is created if needed): references, model files, deploy configs, and node objects (their model becomes a deploy config). If one file is refused, nothing is copied.',
  positionals: {
    file: { type: 'string', array: true, demandOption: true, description: 'files to add' },
  },
  options: {
    gpu: textFlag('GPU class of a node object (default: its hardware)'),
    variant: textFlag('variant name for a node object', { default: 'default' }),
    replace: { type: 'boolean', default: false, description: 'replace files of the same name' },
    json: { type: 'boolean', description: 'print JSON' },
  },
  examples: [
    ['assay catalog add --catalog ./catalog new-model.json', 'a reference'],
    ['assay catalog add --catalog ./catalog node-config-B300.json --gpu B300', 'a published node config'],
  ],
  async run({ file: files, gpu, variant, replace, json }, { terminal }) {
    const folder = ownCatalog();
    if (folder === null)
      throw new UsageError('no catalogue is given', { advice: 'give --catalog DIR, or set ASSAY_CATALOG' });
    makeCatalog(folder);
    const entries = (await Promise.all(files.map((path) => entriesOf(path, gpu, variant)))).flat();
    const results = await Promise.all(entries.map((entry) => planned(folder, entry, replace)));
    for (const { entry, path, result } of results) {
      if (result !== 'unchanged') {
        makeCatalog(join(folder, entry.kind));
        await writeWhole(path, entry.text);
      }
      for (const field of entry.notKept)
        terminal.say(`${path}: ${field} is not kept: a deploy config has none`);
    }
    const rows = results.map(({ entry, path, result }) => ({ kind: entry.kind, path, result }));
    if (json) terminal.out(jsonText(rows));
    else for (const { path, result } of rows) terminal.out(`${result.padEnd(10)} ${path}`);
    return 0;
  },
});

function makeCatalog(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    throw new AssayError(`cannot make the catalogue folder ${folder}: ${messageOf(error)}`, {
      advice: 'correct --catalog or ASSAY_CATALOG; nothing was copied',
    });
  }
}

/** The entry that is going to be written; nothing is written yet. */
async function planned(folder: string, entry: Entry, replace: boolean) {
  const path = join(folder, entry.kind, entry.name);
  if (!existsSync(path)) return { entry, path, result: 'added' };
  const isSame = (await readFile(path, 'utf8').catch(() => null)) === entry.text;
  if (isSame) return { entry, path, result: 'unchanged' };
  if (replace) return { entry, path, result: 'replaced' };
  throw new AssayError(`${path} is there already, with other content`, {
    advice: 'give --replace, or another file name; nothing was copied',
  });
}

async function entriesOf(path: string, gpu: string | undefined, variant: string): Promise<Entry[]> {
  const text = await readWhole(path).then(String, (error: unknown) => {
    throw new AssayError(`${path}: ${messageOf(error)}`);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new AssayError(`${path}: not JSON (${messageOf(error)})`, { advice: 'nothing was copied' });
  }
  const kind = kindOf(value);
  if (kind === null) return nodeEntries(await readNodeConfig(path), path, { gpu, variant });
  await check(kind, path);
  return [{ kind, name: jsonName(basename(path)), text, notKept: [] }];
}

/** The same checks as when the entry is used. */
async function check(kind: CatalogKind, path: string): Promise<void> {
  if (kind === 'golden') {
    const superseded = await supersededText(await loadGolden(path));
    if (superseded !== null)
      throw new AssayError(`reference ${path}: ${superseded}`, { advice: 'nothing was copied' });
  }
  if (kind === 'node-configs') await readDeployConfig(path);
  if (kind === 'models') await loadModel(path);
}

function jsonName(name: string): string {
  return name.endsWith('.json') ? name : `${name}.json`;
}

/** Each model of the nodes once; nodes with the same config count as that many nodes on one machine. */
function nodeEntries(
  nodes: NodeObject[],
  path: string,
  { gpu, variant }: { gpu: string | undefined; variant: string },
): Entry[] {
  const models = [...new Set(nodes.flatMap((node) => Object.keys(node.models)))];
  return models.map((model) => {
    const serving = nodes.filter((node) => node.models[model] !== undefined);
    const configs = serving.map((node) => JSON.stringify(node.models[model]));
    if (new Set(configs).size > 1) {
      throw new AssayError(`${path}: its nodes serve ${model} in different ways`, {
        advice: 'add each from a file of its own, with its --variant',
      });
    }
    const [first] = serving as [NodeObject];
    const { args, model_override: override, ...more } = first.models[model] as ModelConfig;
    const config: DeployConfig = {
      model,
      gpu: gpuOf(first, path, gpu),
      variant,
      source: `node config ${basename(path)}`,
      ...(serving.length > 1 && { nodes: serving.length }),
      args,
      ...(override != null && { model_override: override }),
      ...(Object.keys(more).length > 0 && { more }),
    };
    return {
      kind: 'node-configs',
      name: `${[safeModelName(model), config.gpu.toLowerCase().replaceAll(' ', '-'), ...(variant === 'default' ? [] : [variant])].join('_')}.json`,
      text: `${jsonText(config)}\n`,
      notKept: Object.keys(first).filter((field) => !ADDRESS.has(field)),
    };
  });
}

/** Fields of one node, which say nothing about how it serves a model. */
const ADDRESS = new Set([
  ...['id', 'host', 'inference_port', 'poc_port', 'max_concurrent', 'models', 'hardware'],
  ...['inference_segment', 'poc_segment'],
]);

function gpuOf({ hardware }: NodeObject, path: string, given: string | undefined): string {
  const told = given ?? hardware?.[0]?.type;
  if (told !== undefined) return told === 'default' ? told : gpuClassOf(told);
  throw new UsageError(`${path}: the node object does not name its GPUs`, {
    advice: 'give --gpu CLASS, for example --gpu B200',
  });
}
