import { measureBlockPace } from '../chain/block-pace.js';
import { type Epochs, readEpochs } from '../chain/epochs.js';
import { type GovernanceModel, readGovernanceModels } from '../chain/models.js';
import { AssayError } from '../errors.js';
import { maskSecrets } from '../http/mask.js';
import { MlNodeClient } from '../mlnode/client.js';
import type { AdminClient, ListedNode } from './admin-client.js';
import type { Change, Facts, Known, WantedNode } from './checks/check.js';
import { known } from './known.js';
import type { NodeObject } from './node-object.js';
import { addressOf, type Reach, reachAdvice } from './reach.js';

export interface GatherOptions {
  change: Change;
  admin: AdminClient;
  /** Base URL of the network node's public API. */
  nodeUrl: string;
  /** What the network node lists now. */
  listed: ListedNode[];
  /** The node objects to be sent. */
  nodes: NodeObject[];
  loadTimeS: number;
  /** How this machine reaches the nodes, and where the user would say it. */
  reach?: Reach;
  reachIn?: 'flag' | 'file';
  /** Nodes to which this machine has no way go by the network node's word. */
  byListing?: boolean;
  signal?: AbortSignal;
}

/** Asks the chain, the network node and the ML nodes all that the checks of a change want to know. */
export async function gatherFacts(options: GatherOptions): Promise<Facts> {
  const { change, admin, nodeUrl, listed, nodes, loadTimeS, byListing = false, signal } = options;
  const read = signal && { signal };
  const approving: Promise<Known<GovernanceModel[]>> =
    nodes.length === 0 ? Promise.resolve({ value: [] }) : known(() => readGovernanceModels(nodeUrl, read));
  const [epochs, pace, approved, wanted] = await Promise.all([
    known(() => readEpochs(nodeUrl, read)),
    known(() => measureBlockPace(nodeUrl, read)),
    approving,
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
    byListing,
    nodes: wanted,
  };
}

function behind<T>(nodeUrl: string): Known<T> {
  return { unknown: `${nodeUrl} is catching up with the chain: what it tells is old` };
}

async function wantedNode(
  node: NodeObject,
  approved: Known<GovernanceModel[]>,
  { reach, reachIn = 'flag', signal }: GatherOptions,
): Promise<WantedNode> {
  const url = addressOf(node, reach);
  const mlNode = new MlNodeClient(url, signal);
  const statusOf = async (model: string): Promise<[string, string | null]> => {
    const registered = 'value' in approved ? approved.value.find(({ id }) => id === model) : undefined;
    const status = await mlNode.modelStatus(registered?.hfRepo || model);
    if (status?.error_message) throw new AssayError(`${maskSecrets(url)}: ${status.error_message}`);
    return [model, status?.status ?? null];
  };
  const [gpuCount, weights] = await Promise.all([
    known(async () => (await mlNode.gpuDevices())?.devices.length ?? null),
    known(async () => Object.fromEntries(await Promise.all(Object.keys(node.models).map(statusOf)))),
  ]);
  return { node, reachAdvice: reachAdvice(node, reachIn), gpuCount, weights };
}
