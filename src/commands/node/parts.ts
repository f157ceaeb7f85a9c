import type { InferredOptionTypes } from 'yargs';
import { UsageError } from '../../errors.js';
import { configOrigin, type FoundConfig, findDeployConfig } from '../../models/deploy-config.js';
import { buildNode, modelConfigOf } from '../../network/build-node.js';
import type { NodeObject } from '../../network/node-object.js';

export const variantOption = {
  variant: {
    type: 'string',
    default: 'default',
    requiresArg: true,
    description: 'which of several configs of the model on that GPU class, for example guide or nvfp4',
  },
} as const;

/** What `node config` and `deploy` make a node object of. The ports are those of the operators' guide. */
export const nodePartOptions = {
  model: { type: 'string', demandOption: true, requiresArg: true, description: 'model id' },
  gpu: { type: 'string', demandOption: true, requiresArg: true, description: 'GPU class, for example B200' },
  ...variantOption,
  host: {
    type: 'string',
    demandOption: true,
    requiresArg: true,
    description: 'name or address of the ML node, as the network node reaches it',
  },
  'inference-port': { type: 'number', default: 5050, requiresArg: true, description: 'port for inference' },
  'poc-port': { type: 'number', default: 8080, requiresArg: true, description: 'port for PoC' },
  'max-concurrent': { type: 'number', default: 500, requiresArg: true, description: 'requests at a time' },
  'tp-size': { type: 'number', requiresArg: true, description: 'tensor-parallel size' },
  'set-arg': tokens('FLAG or FLAG=VALUE of vLLM to replace or add (repeatable)'),
  'drop-arg': tokens('FLAG of vLLM to leave out (repeatable)'),
} as const;

export type NodeParts = InferredOptionTypes<typeof nodePartOptions>;

/**
 * The node objects that the options ask for, from the known config of the model on the GPU class: one, or several
 * where the config is for several ML nodes on one machine. The next ones have the next id and the next ports.
 *
 * @returns the nodes, and where their config is from, in words
 * @throws AssayError for an unknown model, GPU class or variant, and for a part out of range
 */
export async function nodesOfParts(
  id: string,
  parts: NodeParts,
): Promise<{ nodes: NodeObject[]; origin: string }> {
  const found = await findDeployConfig(parts.model, parts.gpu, parts.variant);
  const count = found.config.nodes ?? 1;
  const nodes = Array.from({ length: count }, (_, index) => nodeOf(idOf(id, index), index, found, parts));
  return { nodes, origin: configOrigin(found) };
}

/**
 * As `nodesOfParts`, for a command that works on one node.
 *
 * @throws UsageError where the config is for several
 */
export async function nodeOfParts(
  id: string,
  parts: NodeParts,
): Promise<{ node: NodeObject; origin: string }> {
  const { nodes, origin } = await nodesOfParts(id, parts);
  const [node, ...others] = nodes;
  if (node === undefined || others.length > 0) {
    throw new UsageError(`variant ${parts.variant} is ${nodes.length} ML nodes on one machine`, {
      advice: 'make them with `assay node config --variant`, and register them with `assay node add`',
    });
  }
  return { node, origin };
}

function nodeOf(id: string, index: number, { config }: FoundConfig, parts: NodeParts): NodeObject {
  return buildNode({
    id,
    host: hostOf(parts.host, index),
    inferencePort: parts['inference-port'] + index,
    pocPort: parts['poc-port'] + index,
    maxConcurrent: parts['max-concurrent'],
    model: config.model,
    config: modelConfigOf(config, {
      tpSize: parts['tp-size'],
      dropArgs: parts['drop-arg'],
      setArgs: parts['set-arg'],
    }),
  });
}

/** The published compose file calls its containers `inference` and `inference2`; a machine has one address. */
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
