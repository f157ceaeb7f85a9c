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
import { roughDurationText } from '../../text/duration.js';
import type { Context } from '../command.js';
import { aborted } from './aborted.js';
import { cannotListen } from './cannot-listen.js';
import { references } from './references.js';
import { deal, parseProfiles } from './replicas.js';

/** What the nodes serve before, and the model in bootstrap unless the user names one. */
const PRESENT = 'Qwen/Qwen3-235B-A22B-Instruct-2507-FP8';
const BOOTSTRAPPED = 'moonshotai/Kimi-K2.6';
const PRESENT_ARGS = ['--tensor-parallel-size', '4', '--max-model-len', '240000'];

/** A person's pace: a minute to the snapshot, two more to PoC start, and six minutes an epoch. */
const BLOCK_TIME_MS = 300;
const POC_START = 3_874_496;
const BLOCKS_TO_SNAPSHOT = 200;
const DEPLOY_WINDOW = 400;
const EPOCH_LENGTH = 1_200;
const POC_STAGE = 60;
/** What a load takes: 8 s of a person's time; and what the host file allows for it and a validation. */
const LOAD_BLOCKS = 27;
const ALLOWED_BLOCKS = 67;

const KEY = 'host1';
const HOST_FILE = 'simulated-host.yaml';

export interface HostSimulationOptions {
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
  const { model = BOOTSTRAPPED, blockTimeMs = BLOCK_TIME_MS } = options;
  if (model === PRESENT)
    throw new UsageError(`the simulated nodes serve ${PRESENT} already`, { advice: 'give another --model' });
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
  { port, profiles, golden, batchTimeMs, lateNode }: HostSimulationOptions,
  at: number,
  blockTimeMs: number,
): Promise<MlNodeSimulator> {
  const own = port === 0 ? 0 : port + at;
  const isLate = lateNode && at === 1;
  return startMlNodeSimulator({
    ...{ replicas: profiles.slice(2 * at, 2 * at + 2), golden, batchTimeMs, port: own },
    ...{ model: PRESENT, args: PRESENT_ARGS, gpuCount: 8 },
    loadTimeMs: blockTimeMs * (isLate ? DEPLOY_WINDOW + POC_STAGE : LOAD_BLOCKS),
  }).catch((error: unknown) => {
    throw cannotListen(`port ${own}`, '--port', error);
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
    models: [{ modelId: PRESENT, active: true, seqLen: 1024 }, { modelId: model }],
    nodes: nodes.map((node, at) => ({
      ...addressFields(node, at),
      max_concurrent: 500,
      models: { [PRESENT]: { args: PRESENT_ARGS } },
    })),
  }).catch((error: unknown) => {
    throw cannotListen(`port ${port}`, '--network-port', error);
  });
}

export interface HostSimulationArgs {
  port?: number | undefined;
  networkPort: number;
  inferenced?: string | undefined;
  model?: string | undefined;
  reference?: string | undefined;
  profile: string;
  'batch-time-ms': number;
  'block-time-ms'?: number | undefined;
  'late-node': boolean;
  json?: boolean | undefined;
}

/** Options of a single ML node, or of a single chain. */
const NOT_OF_A_HOST = ['replicas', 'unloaded', 'image-fault', 'chain-script', 'node-host'];

/** Serves a whole host until it is stopped, and says what to try. */
export async function simulateHost(args: HostSimulationArgs, { terminal, signal }: Context): Promise<number> {
  const unused = NOT_OF_A_HOST.find((flag) => (args as unknown as Record<string, unknown>)[flag]);
  if (unused !== undefined)
    throw new UsageError(`--${unused} does not go with --network --chain`, {
      advice: 'leave one of them out',
    });
  const { nodes, network, model, hostFile, close } = await startSimulatedHost({
    ...{ port: args.port ?? 8080, networkPort: args.networkPort, folder: args.inferenced ?? 'simulated' },
    ...{ model: args.model, batchTimeMs: args['batch-time-ms'], blockTimeMs: args['block-time-ms'] },
    ...{ profiles: deal(parseProfiles(args.profile), 4), lateNode: args['late-node'] },
    golden: await references(args.reference),
  });
  const urls = nodes.map(({ url }) => url);
  const { url } = network;
  if (args.json)
    terminal.out(JSON.stringify({ urls, admin_url: url, node_url: url, model, host_file: hostFile }));
  else terminal.out(url);
  const { chain } = network;
  const left = POC_START - DEPLOY_WINDOW - chain.height;
  terminal.say(`simulated network node, admin and public API: ${url}; node1 ${urls[0]}, node2 ${urls[1]}`);
  terminal.say(
    `the snapshot for ${model} is in ${left} blocks, ${roughDurationText((left * chain.blockTimeMs) / 1_000)}; PoC starts ${DEPLOY_WINDOW} blocks later; then an epoch is ${EPOCH_LENGTH} blocks`,
  );
  terminal.say(`next, in another terminal: assay lifecycle plan --file ${hostFile}`);
  terminal.say(`            and before the snapshot: assay lifecycle run --file ${hostFile}`);
  terminal.say('Ctrl-C stops it');
  await aborted(signal);
  await close();
  return 0;
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
    ml_nodes: nodes.map((node, at) => ({ ...addressFields(node, at), gpu: 'B200', present_model: PRESENT })),
  };
  await writeWhole(path, `# Of \`assay simulate --network --chain\`.\n${stringify(host)}`);
  return path;
}

function addressFields({ host, port }: MlNodeSimulator, at: number) {
  return { id: `node${at + 1}`, host, inference_port: 5050 + at, poc_port: port };
}
