import { UsageError } from '../../errors.js';
import { roughDurationText } from '../../text/duration.js';
import { counted } from '../../text/figures.js';
import { quoteForShell } from '../../text/shell.js';
import type { Context } from '../command.js';
import { aborted } from './aborted.js';
import { POC_START } from './network.js';
import { references } from './references.js';
import { deal, parseProfiles } from './replicas.js';
import { DEPLOY_WINDOW, EPOCH_LENGTH, startSimulatedHost } from './start-host.js';

/** The options of `assay simulate` that a whole host has, and those that it refuses. */
interface HostSimulationArgs {
  host: string;
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
  replicas?: number | undefined;
  unloaded?: boolean | undefined;
  'image-fault'?: string[] | undefined;
  'chain-script'?: string | undefined;
  'node-host'?: string | undefined;
  'drop-model-override': boolean;
}

/** Options of a single ML node, or of a single chain. */
const NOT_OF_A_HOST = [
  'replicas',
  'unloaded',
  'image-fault',
  'chain-script',
  'node-host',
  'drop-model-override',
] as const;

/** Serves a whole host until it is stopped, and says what to try. */
export async function simulateHost(args: HostSimulationArgs, { terminal, signal }: Context): Promise<number> {
  const unused = NOT_OF_A_HOST.find((flag) => args[flag]);
  if (unused !== undefined)
    throw new UsageError(`--${unused} does not go with --network --chain`, {
      advice: 'leave one of them out',
    });
  const golden = await references(args.reference);
  const { nodes, network, model, hostFile, close } = await startSimulatedHost({
    ...{
      host: args.host,
      port: args.port ?? 8080,
      networkPort: args.networkPort,
      folder: args.inferenced ?? 'simulated',
    },
    // As with one node: the model of a given reference, unless another one is named.
    model: args.model ?? (args.reference === undefined ? undefined : golden[0]?.file.model),
    ...{ golden, batchTimeMs: args['batch-time-ms'], blockTimeMs: args['block-time-ms'] },
    ...{ profiles: deal(parseProfiles(args.profile), 4), lateNode: args['late-node'] },
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
    `the snapshot for ${model} is in ${counted(left, 'block')}, ${roughDurationText((left * chain.blockTimeMs) / 1_000)}; PoC starts ${DEPLOY_WINDOW} blocks later; then an epoch is ${EPOCH_LENGTH} blocks`,
  );
  terminal.say(`next, in another terminal: assay lifecycle plan --file ${quoteForShell([hostFile])}`);
  terminal.say(
    `            and before the snapshot: assay lifecycle run --file ${quoteForShell([hostFile])}`,
  );
  terminal.say('Ctrl-C stops it');
  await aborted(signal);
  await close();
  return 0;
}
