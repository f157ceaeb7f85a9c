import { AssayError, messageOf } from '../../errors.js';
import { readWhole } from '../../files/read-whole.js';
import { accept } from '../../schemas/accept.js';
import validateScript from '../../schemas/generated/simulator-chain-script.js';
import { addressOf, type ChainScript } from '../../simulator/chain/chain.js';
import { type ChainSimulatorOptions, startChainSimulator } from '../../simulator/chain/server.js';
import { installInferenced, SIMULATED_PASSPHRASE } from '../../simulator/inferenced/install.js';
import type { Context } from '../command.js';
import { aborted } from './aborted.js';
import { cannotListen } from './cannot-listen.js';

interface ChainSimulationArgs {
  chain?: boolean | undefined;
  'chain-script'?: string | undefined;
  'block-time-ms'?: number | undefined;
  inferenced?: string | undefined;
  port?: number | undefined;
  json?: boolean | undefined;
}

/** Writes the stand-in to the given folder, and serves the chain until it is stopped. */
export async function simulateChain(
  args: ChainSimulationArgs,
  { terminal, signal }: Context,
): Promise<number> {
  const script = args['chain-script'] === undefined ? {} : await readScript(args['chain-script']);
  const blockTimeMs = args['block-time-ms'];
  const hostNames = script.hosts?.map(({ name }, index) => name ?? `host${index + 1}`) ?? DEFAULT_HOSTS;
  const keys = Object.fromEntries(
    hostNames.map((name, index) => [name, script.hosts?.[index]?.address ?? addressOf(name)]),
  );
  const inferenced =
    args.inferenced === undefined
      ? undefined
      : await installInferenced(args.inferenced, { keys, passphrase: SIMULATED_PASSPHRASE });
  const wallet = inferenced === undefined ? {} : { inferenced, keys, passphrase: SIMULATED_PASSPHRASE };
  if (!args.chain) {
    terminal.out(args.json ? JSON.stringify(wallet) : `${inferenced}`);
    return 0;
  }
  const simulator = await startChainSimulator({
    ...script,
    port: args.port ?? 8000,
    ...(blockTimeMs !== undefined && { blockTimeMs }),
  }).catch((error: unknown) => {
    throw cannotListen(`port ${args.port ?? 8000}`, '--port', error);
  });
  terminal.out(args.json ? JSON.stringify({ url: simulator.url, ...wallet }) : simulator.url);
  if (inferenced !== undefined)
    terminal.say(`stand-in ${inferenced}: keys ${hostNames.join(', ')}; passphrase ${SIMULATED_PASSPHRASE}`);
  terminal.say(`simulated chain at height ${simulator.chain.height}; Ctrl-C stops it`);
  await aborted(signal);
  await simulator.close();
  return 0;
}

const DEFAULT_HOSTS = Array.from({ length: 8 }, (_, index) => `host${index + 1}`);

async function readScript(path: string): Promise<ChainScript & Pick<ChainSimulatorOptions, 'faults'>> {
  try {
    return accept(validateScript, JSON.parse(String(await readWhole(path))), `chain script ${path}`);
  } catch (error) {
    if (error instanceof AssayError) throw error;
    const what = error instanceof SyntaxError ? `not JSON (${messageOf(error)})` : messageOf(error);
    throw new AssayError(`chain script ${path}: ${what}`);
  }
}
