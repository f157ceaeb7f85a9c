import { measureBlockPace } from '../chain/block-pace.js';
import { type Epochs, readEpochs } from '../chain/epochs.js';
import { type GovernanceModel, readGovernanceModels } from '../chain/models.js';
import { readParams } from '../chain/params.js';
import type { ReadOptions } from '../chain/read.js';
import type { SharedReads } from '../chain/shared-reads.js';
import { AssayError } from '../errors.js';
import { clip } from '../http/detail.js';
import { MlNodeClient } from '../mlnode/client.js';
import { usableGpus } from '../mlnode/gpus.js';
import { xidText } from '../mlnode/metrics.js';
import { gpuClassOf } from '../text/hardware.js';
import type { AdminClient, ListedNode } from './admin-client.js';
import { findNode } from './apply.js';
import { askWeights } from './ask-weights.js';
import type { Change, ChangeFacts, Known, WantedNode, WantedWeights } from './checks/check.js';
import { known } from './known.js';
import { modelFacts } from './known-models.js';
import { weightsOf } from './names.js';
import type { NodeObject } from './node-object.js';
import { addressOf, type Reach, reachAdvice } from './reach.js';

export interface GatherOptions {
  change: Change;
  admin: AdminClient;
  /** Base URL of the network node's public API. */
  nodeUrl: string;
  /** The nodes in the network node's present list. */
  listed: ListedNode[];
  /** The node objects to send. */
  nodes: NodeObject[];
  loadTimeS: number;
  /** How this machine reaches the nodes, and where the user can set that. */
  reach?: Reach;
  reachIn?: 'flag' | 'file';
  /** Accept the network node's word for nodes that this machine cannot reach. */
  byListing?: boolean;
  /** A node's PoC batch, where the user gave it. */
  pocBatchOf?: (id: string) => number | undefined;
  signal?: AbortSignal;
  /** What others read of the chain for the same answer. */
  shared?: SharedReads;
}

/** Asks the chain, the network node and the ML nodes for all facts that the checks of a change need. */
export async function gatherChangeFacts(options: GatherOptions): Promise<ChangeFacts> {
  const { change, admin, nodeUrl, listed, nodes, loadTimeS, byListing = false } = options;
  const read = readOptionsOf(options);
  const approving: Promise<Known<GovernanceModel[]>> =
    nodes.length === 0 ? Promise.resolve({ value: [] }) : known(() => readGovernanceModels(nodeUrl, read));
  const [epochs, pace, approved, models, wanted] = await Promise.all([
    known(() => readEpochs(nodeUrl, read)),
    known(() => measureBlockPace(nodeUrl, read)),
    approving,
    modelsOf(options),
    Promise.all(nodes.map(async (node) => wantedNode(node, await approving, options))),
  ]);
  const isBehind = 'value' in pace && pace.value.catchingUp;
  return {
    change,
    adminUrl: admin.url,
    listed,
    epochs: isBehind ? behind<Epochs>(nodeUrl) : epochs,
    blockTimeS: 'value' in pace ? { value: pace.value.msPerBlock / 1000 } : pace,
    loadTimeS,
    approved,
    models,
    byListing,
    nodes: wanted,
  };
}

function readOptionsOf({ signal, shared }: GatherOptions): ReadOptions {
  return { shared, ...(signal && { signal }) };
}

/** The known facts of each model, with the chain's sequence length. */
async function modelsOf(options: GatherOptions): Promise<ChangeFacts['models']> {
  const { nodeUrl, nodes } = options;
  const ids = [...new Set(nodes.flatMap((node) => Object.keys(node.models)))];
  if (ids.length === 0) return {};
  const params = await known(() => readParams(nodeUrl, readOptionsOf(options)));
  const ofChain = 'value' in params ? params.value.models : [];
  const facts = ids.map(async (id) => {
    const seqLen = ofChain.find(({ modelId }) => modelId === id)?.seqLen;
    return [id, await modelFacts(id, seqLen || null)] as const;
  });
  return Object.fromEntries(await Promise.all(facts));
}

function behind<T>(nodeUrl: string): Known<T> {
  return { unknown: `${nodeUrl} is catching up with the chain: its data is old` };
}

async function wantedNode(
  node: NodeObject,
  approved: Known<GovernanceModel[]>,
  { reach, reachIn = 'flag', pocBatchOf, listed, signal }: GatherOptions,
): Promise<WantedNode> {
  const url = addressOf(node, reach);
  const mlNode = new MlNodeClient(url, signal);
  const statusOf = async (model: string): Promise<[string, WantedWeights]> => {
    const registered = 'value' in approved ? approved.value.find(({ id }) => id === model) : undefined;
    const { status, weights } = await askWeights(
      ({ repository, commit }) => mlNode.modelStatus(repository, commit),
      model,
      weightsOf(model, node.models[model], registered),
    );
    // The error of an old download stays in the answer: it counts only where the weights are missing.
    if (status?.error_message && status.status !== 'DOWNLOADED')
      throw new AssayError(`${url}: ${status.error_message}`);
    return [model, { status: status?.status ?? null, weights }];
  };
  const [gpus, onGpus, weights] = await Promise.all([
    known(() => mlNode.gpuDevices()),
    runsOn(mlNode, findNode(listed, node.id)),
    known(async () => Object.fromEntries(await Promise.all(Object.keys(node.models).map(statusOf)))),
  ]);
  const usable = 'value' in gpus && gpus.value !== null ? usableGpus(gpus.value) : null;
  return {
    node,
    reachAdvice: reachAdvice(node, reachIn),
    gpuCount: 'value' in gpus ? { value: usable?.count ?? null } : gpus,
    gpuClasses: usable?.classes ?? listedClasses(findNode(listed, node.id)),
    lostGpus: usable?.lost ?? [],
    pocBatch: pocBatchOf?.(node.id) ?? null,
    ...onGpus,
    weights,
  };
}

/** A fact that only newer nodes report: an older node without it is not at fault. */
async function runsOn(
  mlNode: MlNodeClient,
  listed: ListedNode | undefined,
): Promise<Pick<WantedNode, 'versions' | 'xid'>> {
  const [versions, driver, metrics] = await Promise.all([
    known(() => mlNode.versions()),
    known(() => mlNode.driver()),
    known(() => mlNode.metrics()),
  ]);
  const own = 'value' in versions ? versions.value : null;
  const gpu = 'value' in driver ? driver.value : null;
  const counted = 'value' in metrics ? metrics.value : null;
  const xid = counted && xidText(counted);
  return {
    xid: counted === null ? null : xid === undefined || xid === null ? [] : [xid],
    versions: {
      mlnode: versionOf(own?.version) ?? versionOf(listed?.state.ml_node_version),
      vllm: versionOf(own?.vllm_version),
      driver: versionOf(gpu?.driver_version),
      cuda: versionOf(gpu?.cuda_driver_version),
    },
  };
}

/** The text `unknown` is not a version. */
function versionOf(text: string | null | undefined): string | null {
  return text !== null && text !== undefined && /^v?\d/.test(text) ? clip(text) : null;
}

/** GPU classes in the network node's entry of a node. */
function listedClasses(listed: ListedNode | undefined): string[] {
  return [...new Set((listed?.node.hardware ?? []).flatMap(({ type }) => (type ? [gpuClassOf(type)] : [])))];
}
