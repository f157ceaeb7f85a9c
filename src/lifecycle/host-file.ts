import { dirname, resolve } from 'node:path';
import { addressFault } from '../chain/address.js';
import type { Choice } from '../chain/choice.js';
import { AssayError } from '../errors.js';
import { parseBaseUrl } from '../http/url.js';
import { findDeployConfig } from '../models/deploy-config.js';
import type { ListedNode } from '../network/admin-client.js';
import { buildNode, modelConfigOf } from '../network/build-node.js';
import { requireHost } from '../network/node-host.js';
import type { NodeObject } from '../network/node-object.js';
import { presentConfig } from '../network/present-config.js';
import type { Reach } from '../network/reach.js';
import { accept } from '../schemas/accept.js';
import validateHost from '../schemas/generated/host.js';
import { readYaml } from '../schemas/read-yaml.js';
import { parseDuration } from '../text/duration.js';

/** What a host wants of the bootstrap of one model, as `host.yaml` says it. */
export interface HostFile {
  address: string;
  key?: string;
  node: string;
  admin_url: string;
  model: string;
  choice: 'deploy' | 'refuse' | { delegate: string };
  if_not_pre_eligible?: Fallback;
  on_validation_failure?: Fallback;
  until?: 'eligible';
  epochs?: number;
  load_time?: string;
  weights_gb?: number;
  at_a_time?: number;
  inferenced?: string;
  keyring_backend?: string;
  keyring_dir?: string;
  warm_key?: boolean;
  passphrase_file?: string;
  chain_id?: string;
  gas_prices?: string;
  ml_nodes: {
    id: string;
    host: string;
    url?: string;
    gpu: string;
    inference_port?: number;
    poc_port?: number;
    max_concurrent?: number;
    tp_size?: number;
    poc_batch?: number;
    present_model?: string;
    replicas?: number;
  }[];
}

/** What to store when the model cannot be run after all; `stay` leaves the intent as it is. */
export type Fallback = 'stay' | 'refuse' | { delegate: string };

/**
 * Reads a host file.
 *
 * @throws AssayError naming the file, the place in it and the reason
 */
export async function readHostFile(path: string): Promise<HostFile> {
  const name = `host file ${path}`;
  const value = await readYaml(path, name, 'write one with `assay lifecycle init`');
  requireHosts(value, name);
  const host = accept<HostFile>(validateHost, value, name);
  requireAddress(`${name}: address`, host.address);
  for (const field of ['choice', 'if_not_pre_eligible', 'on_validation_failure'] as const) {
    const value = host[field];
    if (typeof value === 'object') requireAddress(`${name}: ${field}.delegate`, value.delegate);
  }
  for (const { id, url } of host.ml_nodes)
    if (url !== undefined) parseBaseUrl(url, `${name}: ml_nodes: url of ${id}`);
  const ids = host.ml_nodes.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) < index);
  if (twice !== undefined) throw new AssayError(`${name}: ml_nodes: ${twice} is there twice`);
  // Here and not in the middle of a run.
  givenLoadTime(host);
  return withPathsFrom(dirname(path), host);
}

/** Before the schema, which can refuse a host and not say its right form. */
function requireHosts(value: unknown, name: string): void {
  const { ml_nodes: nodes } = (value ?? {}) as { ml_nodes?: unknown };
  for (const node of Array.isArray(nodes) ? nodes : []) {
    const { id, host } = (node ?? {}) as { id?: unknown; host?: unknown };
    requireHost(`${name}: ml_nodes: ${id}`, host);
  }
}

/** Files that the host file names are looked for beside it, wherever the command is run. */
function withPathsFrom(folder: string, host: HostFile): HostFile {
  const { passphrase_file: passphrase, keyring_dir: keyring, inferenced } = host;
  return {
    ...host,
    ...(keyring !== undefined && { keyring_dir: resolve(folder, keyring) }),
    ...(passphrase !== undefined && { passphrase_file: resolve(folder, passphrase) }),
    // A bare name is looked for in PATH.
    ...(inferenced?.includes('/') && { inferenced: resolve(folder, inferenced) }),
  };
}

/** How this machine reaches the nodes, where the file says it. */
export function reachOf({ ml_nodes }: Pick<HostFile, 'ml_nodes'>): Reach {
  return Object.fromEntries(
    ml_nodes.flatMap(({ id, url }) => (url === undefined ? [] : [[id, parseBaseUrl(url, `url of ${id}`)]])),
  );
}

/** The PoC batch of a node, where the file says it. */
export function pocBatchOf({ ml_nodes }: Pick<HostFile, 'ml_nodes'>, id: string): number | undefined {
  return ml_nodes.find((node) => node.id === id)?.poc_batch;
}

/** The choice that the chain must have stored at the snapshot. */
export function wantedChoice({ choice }: HostFile): Choice {
  if (choice === 'deploy') return { kind: 'intent' };
  return choice === 'refuse' ? { kind: 'refusal' } : { kind: 'delegation', delegateTo: choice.delegate };
}

/** What a fallback has the chain store; undefined where nothing is sent. */
export function fallbackChoice(fallback: Fallback = 'stay'): Choice | undefined {
  if (fallback === 'stay') return undefined;
  return fallback === 'refuse' ? { kind: 'refusal' } : { kind: 'delegation', delegateTo: fallback.delegate };
}

/** How many nodes are switched side by side, where the file does not say it. */
export const AT_A_TIME = 4;

/** Seconds for a load and its validation, as the file says it. */
export function givenLoadTime({ load_time }: HostFile): number {
  return parseDuration(load_time ?? '30m', 'load_time');
}

/** How many epochs a run may take. */
export function epochLimit({ until, epochs }: HostFile): number {
  return until === 'eligible' ? Number.POSITIVE_INFINITY : (epochs ?? 1);
}

/**
 * The node objects of the model to be switched to, from the published arguments; none unless it is deployed. What the
 * file leaves open stays as the network node lists it: a switch changes the model and nothing else.
 */
export async function wantedNodes(
  { model, choice, ml_nodes }: HostFile,
  listed: readonly ListedNode[],
): Promise<NodeObject[]> {
  if (choice !== 'deploy') return [];
  return Promise.all(
    ml_nodes.map(async (node) => {
      const { config } = await findDeployConfig(model, node.gpu);
      const found = listed.find((each) => each.node.id === node.id);
      const present = found && presentConfig(found);
      const wanted = buildNode({
        id: node.id,
        host: node.host,
        inferencePort: node.inference_port ?? present?.inference_port ?? 5050,
        pocPort: node.poc_port ?? present?.poc_port ?? 8080,
        maxConcurrent: node.max_concurrent ?? present?.max_concurrent ?? 500,
        model,
        config: modelConfigOf(config, { tpSize: node.tp_size }),
      });
      return { ...present, ...wanted };
    }),
  );
}

function requireAddress(place: string, address: string): void {
  const fault = addressFault(address);
  if (fault !== undefined) throw new AssayError(`${place}: "${address}" is no address: ${fault}`);
}
