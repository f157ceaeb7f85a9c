import type { InferredOptionTypes } from 'yargs';
import { UsageError } from '../../errors.js';
import { configOrigin, findDeployConfig } from '../../models/deploy-config.js';
import { type ArgEdits, buildNode, editArgs, modelConfigOf } from '../../network/build-node.js';
import { type GivenConfig, readGivenConfig } from '../../network/given-config.js';
import type { NodeObject } from '../../network/node-object.js';
import { numberFlag, PORT_RANGE, textFlag } from '../flags.js';

const variantOption = {
  variant: textFlag('which of several configs of the model on that GPU class, for example guide or nvfp4', {
    default: 'default',
  }),
} as const;

const NODE_PORT = { ...PORT_RANGE, min: 1 };
const COUNT = { min: 1, integer: true };

const partOptions = {
  ...variantOption,
  'inference-port': numberFlag('inference-port', 'port for inference (5050)', NODE_PORT),
  'poc-port': numberFlag('poc-port', 'port for PoC (8080)', NODE_PORT),
  'max-concurrent': numberFlag('max-concurrent', 'requests at a time (500)', COUNT),
  'tp-size': numberFlag('tp-size', 'tensor-parallel size', COUNT),
  'set-arg': tokens('FLAG or FLAG=VALUE of vLLM to replace or add (repeatable)'),
  'drop-arg': tokens('FLAG of vLLM to remove (repeatable)'),
} as const;

const MODEL = textFlag('model id');
const GPU = textFlag('GPU class, for example B200');
const HOST = textFlag('name or address of the ML node for the network node');

/** Options from which `node config` makes a node object. The ports are those of the operators' guide. */
export const nodePartOptions = {
  model: { ...MODEL, demandOption: true },
  gpu: { ...GPU, demandOption: true },
  host: { ...HOST, demandOption: true },
  ...partOptions,
} as const;

/** Options of every command that makes a node serve a model and validates it. */
export const servingOptions = {
  reference: textFlag(
    'reference for the validation: a file, or a name of `golden list` (default: the one that fits the node)',
  ),
  'served-as': textFlag('model name that the node reports, if it differs'),
} as const;

/** File that says how the model is served; it replaces the known configs. */
const nodeConfigOption = {
  'node-config': textFlag(
    'file with the model and its arguments: a node object, an array of node objects, or a deploy config',
  ),
} as const;

/** Options from which `deploy` makes a node object: the same parts, or a file with them. */
export const deployPartOptions = {
  model: MODEL,
  gpu: GPU,
  host: HOST,
  ...nodeConfigOption,
  ...partOptions,
} as const;

type NodeParts = InferredOptionTypes<typeof nodePartOptions>;
type DeployParts = Omit<InferredOptionTypes<typeof deployPartOptions>, 'node-config'> & {
  'node-config'?: string | undefined;
};

/**
 * The node objects for the options, from the known config of the model on the GPU class. Some configs are for
 * several ML nodes on one machine: each further node gets the next id and the next ports.
 *
 * @returns the nodes, and the source of their config, in words
 * @throws AssayError for an unknown model, GPU class or variant, and for a part out of range
 */
export async function nodesOfParts(
  id: string,
  parts: NodeParts,
): Promise<{ nodes: NodeObject[]; origin: string }> {
  const found = await findDeployConfig(parts.model, parts.gpu, parts.variant);
  const config = modelConfigOf(found.config, editsOf(parts));
  const nodes = Array.from({ length: found.config.nodes ?? 1 }, (_, index) =>
    nodeOf(idOf(id, index), index, { model: parts.model, config, node: null }, parts),
  );
  return { nodes, origin: configOrigin(found) };
}

/**
 * The one node object for `deploy`, from the known configs or from the user's file.
 *
 * @throws UsageError when a part is missing, or the config is for several nodes
 */
export async function nodeOfParts(
  id: string,
  parts: DeployParts,
): Promise<{ node: NodeObject; origin: string }> {
  if (parts['node-config'] !== undefined) return nodeOfFile(id, parts['node-config'], parts);
  const { model, gpu, host } = parts;
  if (model === undefined || gpu === undefined || host === undefined) {
    const missing = Object.entries({ model, gpu, host }).flatMap(([name, value]) =>
      value === undefined ? `--${name}` : [],
    );
    throw new UsageError(`the node is not complete: ${missing.join(', ')} is missing`, {
      advice: 'give --model, --gpu and --host, or --node-config FILE',
    });
  }
  const { nodes, origin } = await nodesOfParts(id, { ...parts, model, gpu, host });
  const [node, ...others] = nodes;
  if (node === undefined || others.length > 0) {
    throw new UsageError(`variant ${parts.variant} is ${nodes.length} ML nodes on one machine`, {
      advice: 'make them with `assay node config --variant`, and register them with `assay node add`',
    });
  }
  return { node, origin };
}

async function nodeOfFile(
  id: string,
  path: string,
  parts: DeployParts,
): Promise<{ node: NodeObject; origin: string }> {
  if (parts.gpu !== undefined)
    throw new UsageError('--gpu and --node-config both choose the config', { advice: 'give one of them' });
  const given = await readGivenConfig(path, id, parts.model);
  const host = parts.host ?? given.node?.host;
  if (host === undefined) {
    throw new UsageError(`${path} has no node ${id}, so its address is not known`, {
      advice: 'give --host',
    });
  }
  const config = { ...given.config, args: editArgs(given.config.args, editsOf(parts)) };
  return { node: nodeOf(id, 0, { ...given, config }, { ...parts, host }), origin: given.origin };
}

function nodeOf(
  id: string,
  index: number,
  { model, config, node }: Pick<GivenConfig, 'model' | 'config' | 'node'>,
  parts: DeployParts & { host: string },
): NodeObject {
  const built = buildNode({
    id,
    host: hostOf(parts.host, index),
    inferencePort: (parts['inference-port'] ?? node?.inference_port ?? 5050) + index,
    pocPort: (parts['poc-port'] ?? node?.poc_port ?? 8080) + index,
    maxConcurrent: parts['max-concurrent'] ?? node?.max_concurrent ?? 500,
    model,
    config,
  });
  return { ...node, ...built };
}

function editsOf(parts: DeployParts): ArgEdits {
  return { tpSize: parts['tp-size'], dropArgs: parts['drop-arg'], setArgs: parts['set-arg'] };
}

/**
 * The published compose file names its containers `inference` and `inference2`; a machine has one address.
 */
function hostOf(host: string, index: number): string {
  return index > 0 && host === 'inference' ? `${host}${index + 1}` : host;
}

/** `node1` is followed by `node2`, `b200` by `b200-2`. */
function idOf(id: string, index: number): string {
  if (index === 0) return id;
  const [, stem, number] = /^(.*[A-Za-z_-])(\d)$/.exec(id) ?? [];
  return stem === undefined ? `${id}-${index + 1}` : `${stem}${Number(number) + index}`;
}

/** A repeatable option whose value may begin with dashes. */
function tokens(description: string) {
  return {
    type: 'string',
    nargs: 1,
    description,
    coerce: (value: string | string[]) => [value].flat(),
  } as const;
}
