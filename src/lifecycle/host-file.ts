import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { addressFault } from '../chain/address.js';
import type { Choice } from '../chain/choice.js';
import { AssayError, messageOf } from '../errors.js';
import { buildNode, editArgs } from '../network/build-node.js';
import { loadDeployConfig } from '../network/deploy-config.js';
import type { NodeObject } from '../network/node-object.js';
import { accept } from '../schemas/accept.js';
import validateHost from '../schemas/generated/host.js';

/** What a host wants of the bootstrap of one model, as `host.yaml` says it. */
export interface HostFile {
  address: string;
  key?: string;
  node: string;
  admin_url: string;
  model: string;
  choice: 'deploy' | 'refuse' | { delegate: string };
  load_time?: string;
  ml_nodes: {
    id: string;
    host: string;
    gpu: string;
    inference_port?: number;
    poc_port?: number;
    max_concurrent?: number;
    tp_size?: number;
  }[];
}

/**
 * Reads a host file.
 *
 * @throws AssayError naming the file, the place in it and the reason
 */
export async function readHostFile(path: string): Promise<HostFile> {
  const name = `host file ${path}`;
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new AssayError(`${name}: ${error.code === 'ENOENT' ? 'no such file' : messageOf(error)}`);
  });
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new AssayError(`${name}: not YAML (${messageOf(error).split('\n')[0]})`);
  }
  const host = accept<HostFile>(validateHost, value, name);
  requireAddress(`${name}: address`, host.address);
  if (typeof host.choice === 'object') requireAddress(`${name}: choice.delegate`, host.choice.delegate);
  return host;
}

/** The choice that the chain must have stored at the snapshot. */
export function wantedChoice({ choice }: HostFile): Choice {
  if (choice === 'deploy') return { kind: 'intent' };
  return choice === 'refuse' ? { kind: 'refusal' } : { kind: 'delegation', delegateTo: choice.delegate };
}

/** The node objects of the model to be switched to, from the published arguments; none unless it is deployed. */
export async function wantedNodes({ model, choice, ml_nodes }: HostFile): Promise<NodeObject[]> {
  if (choice !== 'deploy') return [];
  return Promise.all(
    ml_nodes.map(async (node) => {
      const published = await loadDeployConfig(model, node.gpu);
      return buildNode({
        id: node.id,
        host: node.host,
        inferencePort: node.inference_port ?? 5050,
        pocPort: node.poc_port ?? 8080,
        maxConcurrent: node.max_concurrent ?? 500,
        model,
        args: editArgs(published.args, { tpSize: node.tp_size }),
      });
    }),
  );
}

function requireAddress(place: string, address: string): void {
  const fault = addressFault(address);
  if (fault !== undefined) throw new AssayError(`${place}: "${address}" is no address: ${fault}`);
}
