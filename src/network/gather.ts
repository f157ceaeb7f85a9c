import { measureBlockPace } from '../chain/block-pace.js';
import { type Epochs, readEpochs } from '../chain/epochs.js';
import { type GovernanceModel, readGovernanceModels } from '../chain/models.js';
import { AssayError } from '../errors.js';
import { MlNodeClient } from '../mlnode/client.js';
import type { AdminClient, ListedNode } from './admin-client.js';
import type { Change, Facts, Known, WantedNode } from './checks/check.js';
import { known } from './known.js';
import { mlNodeUrl, type NodeObject } from './node-object.js';

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
  signal?: AbortSignal;
}

/** Asks the chain, the network node and the ML nodes all that the checks of a change want to know. */
export async function gatherFacts(options: GatherOptions): Promise<Facts> {
  const { change, admin, nodeUrl, listed, nodes, loadTimeS, signal } = options;
  const read = signal && { signal };
  const approving: Promise<Known<GovernanceModel[]>> =
    nodes.length === 0 ? Promise.resolve({ value: [] }) : known(() => readGovernanceModels(nodeUrl, read));
  const [epochs, pace, approved, wanted] = await Promise.all([
    known(() => readEpochs(nodeUrl, read)),
    known(() => measureBlockPace(nodeUrl, read)),
    approving,
    Promise.all(nodes.map(async (node) => wantedNode(node, await approving, signal))),
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
    nodes: wanted,
  };
}

function behind<T>(nodeUrl: string): Known<T> {
  return { unknown: `${nodeUrl} is catching up with the chain: what it tells is old` };
}

async function wantedNode(
  node: NodeObject,
  approved: Known<GovernanceModel[]>,
  signal: AbortSignal | undefined,
): Promise<WantedNode> {
  const mlNode = new MlNodeClient(mlNodeUrl(node), signal);
  const statusOf = async (model: string): Promise<[string, string | null]> => {
    const registered = 'value' in approved ? approved.value.find(({ id }) => id === model) : undefined;
    const status = await mlNode.modelStatus(registered?.hfRepo || model);
    if (status?.error_message) throw new AssayError(`${mlNodeUrl(node)}: ${status.error_message}`);
    return [model, status?.status ?? null];
  };
  const [gpuCount, weights] = await Promise.all([
    known(async () => (await mlNode.gpuDevices())?.devices.length ?? null),
    known(async () => Object.fromEntries(await Promise.all(Object.keys(node.models).map(statusOf)))),
  ]);
  return { node, gpuCount, weights };
}
