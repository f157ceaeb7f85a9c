import { UsageError } from '../../errors.js';
import {
  IMAGE_FAULTS,
  type ImageFault,
  type MlNodeSimulator,
  profiles,
  startMlNodeSimulator,
} from '../../simulator/mlnode/index.js';
import type { NetworkSimulator } from '../../simulator/network/simulator.js';
import { defineCommand } from '../command.js';
import { numberFlag, PORT_RANGE, textFlag, textsFlag } from '../flags.js';
import { aborted } from './aborted.js';
import { cannotListen } from './cannot-listen.js';
import { chainSimulationOptions } from './chain-options.js';
import { networkSimulationOptions } from './network-options.js';
import { references } from './references.js';
import { deal, parseProfiles, profileNames } from './replicas.js';

const DEFAULT_MODEL = 'moonshotai/Kimi-K2.6';
const imageFaults = Object.keys(IMAGE_FAULTS) as ImageFault[];

export const command = defineCommand({
  description: [
    'Runs a simulated ML node until you stop it: the whole protocol of a real node, without a GPU.',
    'Profiles, one a replica or one for all:',
    ...profileNames.map((name) => `  ${`${name}:`.padEnd(18)} ${profiles[name].summary}`),
    'Faults of an image (--image-fault), for `assay accept`:',
    ...imageFaults.map((name) => `  ${`${name}:`.padEnd(23)} ${IMAGE_FAULTS[name]}`),
  ].join('\n'),
  options: {
    replicas: numberFlag('replicas', 'vLLM backends of the node (default: 2, or one for each profile)', {
      min: 1,
      integer: true,
    }),
    profile: textFlag('profile of each replica, comma-separated', { default: 'honest' }),
    host: textFlag('address to listen on', { default: '127.0.0.1' }),
    port: numberFlag('port', '8080, with --chain 8000; 0 for a free one', PORT_RANGE),
    'batch-time-ms': numberFlag('batch-time-ms', 'for one batch on one replica', { min: 0.1, default: 50 }),
    model: textFlag(`the loaded model (${DEFAULT_MODEL}, or the reference's)`),
    unloaded: { type: 'boolean', description: 'start without a model, to deploy one' },
    reference: textFlag('reference whose vectors an exact replica computes'),
    'image-fault': textsFlag('other fault of the image; repeatable', { choices: imageFaults }),
    json: { type: 'boolean', description: 'print JSON when ready' },
    ...networkSimulationOptions,
    ...chainSimulationOptions,
  },
  examples: [
    ['assay simulate', 'an honest Kimi K2.6 node on port 8080'],
    ['assay simulate --profile honest,unrelated', 'one of two replicas runs another model'],
    ['assay simulate --port 0 --json', 'on a free port, for a script'],
    ['assay simulate --network', 'the same, with a network node and its admin API'],
    ['assay simulate --network --chain', 'all that a lifecycle needs, a minute before the snapshot'],
    ['assay simulate --chain --inferenced ./bin', 'a chain before a bootstrap, with a stand-in inferenced'],
  ],
  async run(args, context) {
    if (args.chain && args.network) return await (await import('./host.js')).simulateHost(args, context);
    if (args['late-node']) throw new UsageError('--late-node is for --network with --chain');
    if (args.chain || args.inferenced !== undefined)
      return await (await import('./chain.js')).simulateChain(args, context);
    const { terminal, signal } = context;
    const port = args.port ?? 8080;
    const replicas = deal(parseProfiles(args.profile), args.replicas);
    const golden = await references(args.reference);
    const model = args.model ?? (args.reference === undefined ? DEFAULT_MODEL : golden[0]?.file.model);
    const node = await startMlNodeSimulator({
      replicas,
      golden,
      host: args.host,
      port,
      batchTimeMs: args['batch-time-ms'],
      up: !args.unloaded,
      hasAllWeights: true,
      errorAfterDownMs: 6_000,
      imageFaults: (args.imageFault ?? []) as ImageFault[],
      ...(model !== undefined && { model }),
    }).catch((error: unknown) => {
      throw cannotListen(`${args.host}:${port}`, '--port', error);
    });
    const network = args.network
      ? await startNetwork(node, { ...args, models: golden.map(({ file }) => file.model) })
      : undefined;
    const { url } = node;
    if (args.json) {
      const networkUrls = network && { admin_url: network.url, node_url: network.url };
      terminal.out(JSON.stringify({ url, model, replicas, ...networkUrls }));
    } else terminal.out(url);
    const dealt = `--profile ${replicas.join(',')}`;
    terminal.say(
      args.unloaded
        ? `simulated ML node without a model (${dealt}); Ctrl-C stops it`
        : `simulated ML node with ${model} (${dealt}); Ctrl-C stops it`,
    );
    if (network !== undefined) {
      terminal.say(
        `simulated network node, admin and public API: ${network.url}; it lists the ML node as node1`,
      );
      terminal.say('its phase is set by this command:');
      terminal.say(`curl -d '{"phaseOverride":"PoCGenerate"}' ${network.url}/sim/set`);
    }
    await aborted(signal);
    await network?.close();
    await node.close();
    return 0;
  },
});

async function startNetwork(
  node: MlNodeSimulator,
  args: {
    networkPort: number;
    blockTimeMs: number | undefined;
    nodeHost: string | undefined;
    dropModelOverride: boolean;
    models: string[];
  },
): Promise<NetworkSimulator> {
  const { startNetworkInFront } = await import('./network.js');
  try {
    return await startNetworkInFront(node, {
      port: args.networkPort,
      blockTimeMs: args.blockTimeMs,
      nodeHost: args.nodeHost,
      dropModelOverride: args.dropModelOverride,
      models: args.models,
    });
  } catch (error) {
    await node.close();
    throw error;
  }
}
