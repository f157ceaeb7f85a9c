import { join } from 'node:path';
import { stringify } from 'yaml';
import { UsageError } from '../../errors.js';
import { SECRET_MODE, writeWhole } from '../../files/write-whole.js';
import type { GoldenReference } from '../../golden/reference.js';
import { addressOf } from '../../simulator/chain/chain.js';
import { installInferenced, SIMULATED_PASSPHRASE } from '../../simulator/inferenced/install.js';
import {
  type MlNodeSimulator,
  type ProfileName,
  startMlNodeSimulator,
} from '../../simulator/mlnode/index.js';
import { type NetworkSimulator, startNetworkSimulator } from '../../simulator/network/simulator.js';
import { cannotListen } from './cannot-listen.js';
import { ACTIVE_MODEL, BOOTSTRAPPED_MODEL, POC_START } from './network.js';

const ACTIVE_ARGS = ['--tensor-parallel-size', '4', '--max-model-len', '240000'];

/** A person's pace: a minute to the snapshot, two more to PoC start, and six minutes an epoch. */
const BLOCK_TIME_MS = 300;
const BLOCKS_TO_SNAPSHOT = 200;
export const DEPLOY_WINDOW = 400;
export const EPOCH_LENGTH = 1_200;
const POC_STAGE = 60;
/** What a load takes: 8 s of a person's time; and what the host file allows for it and a validation. */
const LOAD_BLOCKS = 27;
const ALLOWED_BLOCKS = 67;

const KEY = 'host1';
const HOST_FILE = 'simulated-host.yaml';

export interface HostSimulationOptions {
  /** Address on which the ML nodes listen. */
  host: string;
  /** Of the first ML node; the second has the next one. 0: free ones. */
  port: number;
  networkPort: number;
  /** Where the stand-in `inferenced`, its passphrase and the host file are written. */
  folder: string;
  /** One of each replica: two of the first node, then two of the second. */
  profiles: readonly ProfileName[];
  golden: readonly GoldenReference[];
  model?: string | undefined;
  batchTimeMs: number;
  blockTimeMs?: number | undefined;
  /** The second node loads for longer than the time from snapshot to PoC start. */
  lateNode: boolean;
}

export interface SimulatedHostSite {
  nodes: MlNodeSimulator[];
  network: NetworkSimulator;
  model: string;
  hostFile: string;
  close(): Promise<void>;
}

/**
 * Starts all that a lifecycle needs, a minute before the snapshot: the chain, the host's network node with two ML
 * nodes, and in a folder a stand-in for `inferenced` and a host file.
 *
 * @throws AssayError when a port is taken or the folder cannot be written
 */
export async function startSimulatedHost(options: HostSimulationOptions): Promise<SimulatedHostSite> {
  const { model = BOOTSTRAPPED_MODEL, blockTimeMs = BLOCK_TIME_MS } = options;
  if (model === ACTIVE_MODEL)
    throw new UsageError(`the simulated nodes serve ${ACTIVE_MODEL} already`, {
      advice: 'give another --model',
    });
  const running: { close(): Promise<void> }[] = [];
  const close = async () => {
    for (const each of running.splice(0).reverse()) await each.close();
  };
  try {
    const nodes: MlNodeSimulator[] = [];
    for (const at of [0, 1]) {
      const node = await startNode(options, at, blockTimeMs);
      running.push(node);
      nodes.push(node);
    }
    const network = await startNetwork(options.networkPort, { nodes, model, blockTimeMs });
    running.push(network);
    return {
      nodes,
      network,
      model,
      close,
      hostFile: await writeFolder(options.folder, nodes, network, model),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function startNode(
  { host, port, profiles, golden, batchTimeMs, lateNode }: HostSimulationOptions,
  at: number,
  blockTimeMs: number,
): Promise<MlNodeSimulator> {
  const own = port === 0 ? 0 : port + at;
  const isLate = lateNode && at === 1;
  return startMlNodeSimulator({
    ...{ replicas: profiles.slice(2 * at, 2 * at + 2), golden, batchTimeMs, host, port: own },
    ...{ model: ACTIVE_MODEL, args: ACTIVE_ARGS, gpuCount: 8 },
    loadTimeMs: blockTimeMs * (isLate ? DEPLOY_WINDOW + POC_STAGE : LOAD_BLOCKS),
  }).catch((error: unknown) => {
    throw cannotListen(`${host}:${own}`, '--port', error);
  });
}

function startNetwork(
  port: number,
  { nodes, model, blockTimeMs }: { nodes: MlNodeSimulator[]; model: string; blockTimeMs: number },
): Promise<NetworkSimulator> {
  return startNetworkSimulator({
    ...{ port, blockTimeMs, reconcileMs: 100 },
    ...{ nextPocStart: POC_START, height: POC_START - DEPLOY_WINDOW - BLOCKS_TO_SNAPSHOT },
    params: { epochLength: EPOCH_LENGTH, deployWindow: DEPLOY_WINDOW, pocStageDuration: POC_STAGE },
    models: [{ modelId: ACTIVE_MODEL, active: true, seqLen: 1024 }, { modelId: model }],
    nodes: nodes.map((node, at) => ({
      ...addressFields(node, at),
      max_concurrent: 500,
      models: { [ACTIVE_MODEL]: { args: ACTIVE_ARGS } },
    })),
  }).catch((error: unknown) => {
    throw cannotListen(`port ${port}`, '--network-port', error);
  });
}

/** Writes the stand-in, its passphrase and the host file. @returns the host file's path */
async function writeFolder(
  folder: string,
  nodes: readonly MlNodeSimulator[],
  network: NetworkSimulator,
  model: string,
): Promise<string> {
  const keys = Object.fromEntries(network.chain.hosts.map(({ name, address }) => [name, address]));
  await installInferenced(folder, { keys, passphrase: SIMULATED_PASSPHRASE });
  await writeWhole(join(folder, 'passphrase'), `${SIMULATED_PASSPHRASE}\n`, SECRET_MODE);
  const path = join(folder, HOST_FILE);
  const loadTime = `${Math.ceil((ALLOWED_BLOCKS * network.chain.blockTimeMs) / 1_000)}s`;
  const host = {
    ...{ address: addressOf(KEY), key: KEY, node: network.url, admin_url: network.url },
    ...{ model, choice: 'deploy', load_time: loadTime },
    ...{ inferenced: './inferenced', passphrase_file: 'passphrase' },
    ml_nodes: nodes.map((node, at) => ({
      ...addressFields(node, at),
      gpu: 'B200',
      present_model: ACTIVE_MODEL,
    })),
  };
  await writeWhole(path, `# Of \`assay simulate --network --chain\`.\n${stringify(host)}`);
  return path;
}

function addressFields({ host, port }: MlNodeSimulator, at: number) {
  return { id: `node${at + 1}`, host, inference_port: 5050 + at, poc_port: port };
}
