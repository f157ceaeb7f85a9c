import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { addressFault } from '../chain/address.js';
import type { Choice } from '../chain/choice.js';
import { AssayError } from '../errors.js';
import { parseBaseUrl } from '../http/url.js';
import { configOrigin, findDeployConfig } from '../models/deploy-config.js';
import type { ListedNode } from '../network/admin-client.js';
import { buildNode, editArgs, modelConfigOf } from '../network/build-node.js';
import { readGivenConfig } from '../network/given-config.js';
import { requireHost } from '../network/node-host.js';
import type { ModelConfig, NodeObject } from '../network/node-object.js';
import { presentConfig } from '../network/present-config.js';
import type { Reach } from '../network/reach.js';
import { accept } from '../schemas/accept.js';
import validateHost from '../schemas/generated/host.js';
import { readYaml } from '../schemas/read-yaml.js';
import { parseDuration } from '../text/duration.js';

/** What a host wants in the bootstrap of one model, from `host.yaml`. */
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
  /** File that describes how the model is served, instead of the known configs. */
  node_config?: string;
  /** Reference for the validation: a file, or a name in a catalogue. */
  reference?: string;
  /** Name that the nodes report for the model, where it is not the expected one. */
  served_as?: string;
  ml_nodes: {
    id: string;
    host: string;
    url?: string;
    gpu?: string;
    variant?: string;
    node_config?: string;
    reference?: string;
    served_as?: string;
    inference_port?: number;
    poc_port?: number;
    max_concurrent?: number;
    tp_size?: number;
    poc_batch?: number;
    present_model?: string;
    replicas?: number;
  }[];
}

/** What to store when the model cannot run; `stay` leaves the intent as it is. */
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
  // Checked here, and not in the middle of a run.
  givenLoadTime(host);
  return withPathsFrom(dirname(path), host);
}

/** Checked before the schema, which can refuse a host but cannot name its right form. */
function requireHosts(value: unknown, name: string): void {
  const { ml_nodes: nodes } = (value ?? {}) as { ml_nodes?: unknown };
  for (const node of Array.isArray(nodes) ? nodes : []) {
    const { id, host } = (node ?? {}) as { id?: unknown; host?: unknown };
    requireHost(`${name}: ml_nodes: ${id}`, host);
  }
}

/** Relative paths in the host file start at its folder, and not at the present folder. */
function withPathsFrom(folder: string, host: HostFile): HostFile {
  const { passphrase_file: passphrase, keyring_dir: keyring, inferenced, ml_nodes } = host;
  return {
    ...host,
    ...(keyring !== undefined && { keyring_dir: resolve(folder, keyring) }),
    ...withFiles(folder, host),
    ml_nodes: ml_nodes.map((node) => ({ ...node, ...withFiles(folder, node) })),
    ...(passphrase !== undefined && { passphrase_file: resolve(folder, passphrase) }),
    // A name without a slash is looked up in PATH.
    ...(inferenced?.includes('/') && { inferenced: resolve(folder, inferenced) }),
  };
}

/** A reference that is not a file in the host file's folder is a name in a catalogue. */
function withFiles(folder: string, { node_config: config, reference }: Given): Given {
  const file = reference === undefined ? undefined : resolve(folder, reference);
  return {
    ...(config !== undefined && { node_config: resolve(folder, config) }),
    ...(file !== undefined && { reference: existsSync(file) ? file : reference }),
  };
}

/** What the user gives in addition to the host file, for all nodes. */
export type Given = Partial<Pick<HostFile, 'node_config' | 'reference' | 'served_as'>>;

/** How to validate a node: with which reference, and under which name. */
export function validationOf(
  { ml_nodes, reference, served_as }: HostFile,
  id: string,
): { reference: string | undefined; servedAs: string | undefined } {
  const node = ml_nodes.find((each) => each.id === id);
  return { reference: node?.reference ?? reference, servedAs: node?.served_as ?? served_as };
}

/** How this machine reaches the nodes, where the file has it. */
export function reachOf({ ml_nodes }: Pick<HostFile, 'ml_nodes'>): Reach {
  return Object.fromEntries(
    ml_nodes.flatMap(({ id, url }) => (url === undefined ? [] : [[id, parseBaseUrl(url, `url of ${id}`)]])),
  );
}

/** The PoC batch of a node, where the file has it. */
export function pocBatchOf({ ml_nodes }: Pick<HostFile, 'ml_nodes'>, id: string): number | undefined {
  return ml_nodes.find((node) => node.id === id)?.poc_batch;
}

/** The choice that the chain must have stored at the snapshot. */
export function wantedChoice({ choice }: HostFile): Choice {
  if (choice === 'deploy') return { kind: 'intent' };
  return choice === 'refuse' ? { kind: 'refusal' } : { kind: 'delegation', delegateTo: choice.delegate };
}

/** The choice that a fallback stores; undefined where nothing is sent. */
export function fallbackChoice(fallback: Fallback = 'stay'): Choice | undefined {
  if (fallback === 'stay') return undefined;
  return fallback === 'refuse' ? { kind: 'refusal' } : { kind: 'delegation', delegateTo: fallback.delegate };
}

/** The number of nodes that are switched at the same time, where the file does not set it. */
export const AT_A_TIME = 4;

/** Seconds for a load and its validation, from the file. */
export function givenLoadTime({ load_time }: HostFile): number {
  return parseDuration(load_time ?? '30m', 'load_time');
}

/** The largest number of epochs that a run may take. */
export function epochLimit({ until, epochs }: HostFile): number {
  return until === 'eligible' ? Number.POSITIVE_INFINITY : (epochs ?? 1);
}

/** A node object that a host wants, and the source of its config, in words. */
interface WantedConfig {
  node: NodeObject;
  origin: string;
}

/**
 * The node objects for the new model, from the known configs or the user's file; empty unless nodes are
 * switched. Fields that the file does not set stay as the network node lists them: a switch changes only the
 * model.
 */
export async function wantedConfigs(host: HostFile, listed: readonly ListedNode[]): Promise<WantedConfig[]> {
  const { model, choice, ml_nodes } = host;
  if (choice !== 'deploy') return [];
  return Promise.all(
    ml_nodes.map(async (node) => {
      const { config, origin, own } = await configOf(host, node);
      const found = listed.find((each) => each.node.id === node.id);
      const present = found && presentConfig(found);
      const wanted = buildNode({
        id: node.id,
        host: node.host,
        inferencePort: node.inference_port ?? own?.inference_port ?? present?.inference_port ?? 5050,
        pocPort: node.poc_port ?? own?.poc_port ?? present?.poc_port ?? 8080,
        maxConcurrent: node.max_concurrent ?? own?.max_concurrent ?? present?.max_concurrent ?? 500,
        model,
        config,
      });
      return { node: { ...present, ...own, ...wanted }, origin };
    }),
  );
}

/** As `wantedConfigs`, without the sources. */
export async function wantedNodes(host: HostFile, listed: readonly ListedNode[]): Promise<NodeObject[]> {
  return (await wantedConfigs(host, listed)).map(({ node }) => node);
}

async function configOf(
  { model, node_config: forAll }: HostFile,
  node: HostFile['ml_nodes'][number],
): Promise<{ config: ModelConfig; origin: string; own: NodeObject | null }> {
  const { id, gpu, variant, node_config: file = forAll, tp_size: tpSize } = node;
  if (file === undefined) {
    if (gpu === undefined) {
      throw new AssayError(`host file: ml_nodes: ${id} has neither gpu nor node_config`, {
        advice: 'give its GPU class (gpu: B200), or a file that says how the model is served (node_config:)',
      });
    }
    const found = await findDeployConfig(model, gpu, variant);
    return { config: modelConfigOf(found.config, { tpSize }), origin: configOrigin(found), own: null };
  }
  const { config, origin, node: own } = await readGivenConfig(file, id, model);
  return { config: { ...config, args: editArgs(config.args, { tpSize }) }, origin, own };
}

function requireAddress(place: string, address: string): void {
  const fault = addressFault(address);
  if (fault !== undefined) throw new AssayError(`${place}: "${address}" is no address: ${fault}`);
}
