import { AssayError } from '../errors.js';
import { kindOf } from '../files/catalog.js';
import { readWhole } from '../files/read-whole.js';
import { configOrigin, readDeployConfig } from '../models/deploy-config.js';
import { modelConfigOf } from './build-node.js';
import { readNodeConfig } from './node-config.js';
import type { ModelConfig, NodeObject } from './node-object.js';

/** How a model is served, read from a user's file. */
export interface GivenConfig {
  /** Governance id. */
  model: string;
  config: ModelConfig;
  /** The whole node object, where the file has one with the node's own id. */
  node: NodeObject | null;
  /** Its source, in words. */
  origin: string;
}

/**
 * Reads how a model is served from a file: a deploy config, a node object, or an array of node objects as the
 * network publishes it. From a node object with another id only the model is taken, because its address
 * belongs to another machine.
 *
 * @param id the node for which it is read
 * @param model the wanted model, where it is known
 * @throws AssayError when the file does not describe it, or describes it in more than one way
 */
export async function readGivenConfig(path: string, id: string, model?: string): Promise<GivenConfig> {
  if (await isDeployConfig(path)) {
    const config = await readDeployConfig(path);
    requireModel(path, [config.model], model);
    const origin = configOrigin({ config, path, name: path, isOwn: false });
    return { model: config.model, config: modelConfigOf(config), node: null, origin };
  }
  const nodes = await readNodeConfig(path);
  const own = nodes.find((node) => node.id === id) ?? null;
  const found = (own === null ? nodes : [own]).flatMap((node) => Object.entries(node.models));
  const served = requireModel(
    path,
    found.map(([name]) => name),
    model,
  );
  const configs = found.flatMap(([name, config]) => (name === served ? [config] : []));
  const [config, ...others] = configs as [ModelConfig, ...ModelConfig[]];
  if (others.some((other) => JSON.stringify(other) !== JSON.stringify(config))) {
    throw new AssayError(
      `node config ${path}: its nodes serve ${served} in different ways, and none of them is ${id}`,
      {
        advice: `name one of them ${id}, or give a file with one`,
      },
    );
  }
  return { model: served, config, node: own, origin: `node config ${path}` };
}

function requireModel(path: string, found: string[], wanted: string | undefined): string {
  const [first, ...others] = new Set(found);
  if (wanted !== undefined && found.includes(wanted)) return wanted;
  if (wanted !== undefined || first === undefined) {
    throw new AssayError(`node config ${path} is of ${found.join(', ')}, not of ${wanted ?? 'any model'}`, {
      advice: 'give the config of that model',
    });
  }
  if (others.length === 0) return first;
  throw new AssayError(`node config ${path} has several models: ${[first, ...others].join(', ')}`, {
    advice: 'give a file with one of them',
  });
}

async function isDeployConfig(path: string): Promise<boolean> {
  try {
    return kindOf(JSON.parse(String(await readWhole(path)))) === 'node-configs';
  } catch {
    // The caller reports what is wrong with it.
    return false;
  }
}
