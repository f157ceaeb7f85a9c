import { UsageError } from '../../errors.js';
import { findGolden } from '../../golden/catalog.js';
import { type ProfileName, profiles, startMlNodeSimulator } from '../../simulator/mlnode/index.js';
import type { Context } from '../command.js';
import { runValidations } from '../validate/run.js';

export interface DemoOptions {
  /** Names of profiles, separated by commas. */
  profiles: string;
  model: string;
  replicas: number;
  batchTimeMs: number;
  strict: boolean;
  expDir: string | undefined;
}

/** A short throughput phase: long enough to show how it works. */
const THROUGHPUT = { warmupSeconds: 0.5, measureSeconds: 3, sampleIntervalSeconds: 1 };
/** GPUs per simulated replica, so that the arguments give the node's count of replicas. */
const TENSOR_PARALLEL = 4;

/**
 * A validation of a simulated node from empty to verdict: it downloads the weights, starts the model and uses
 * a simulated GPU.
 */
export async function runDemo(
  options: DemoOptions,
  output: { json: boolean; quiet: boolean },
  context: Context,
): Promise<number> {
  const reference = await findGolden(options.model);
  const simulator = await startMlNodeSimulator({
    replicas: profilesOf(options),
    golden: reference,
    model: options.model,
    batchTimeMs: options.batchTimeMs,
    gpuCount: TENSOR_PARALLEL * options.replicas,
    up: false,
    weights: { [options.model]: 'NOT_FOUND' },
    loadTimeMs: 1_500,
    downloadTimeMs: 1_500,
    healthIntervalMs: 500,
    joinIntervalMs: 300,
  });
  if (!output.quiet)
    context.terminal.say(`a simulated node (--profile ${options.profiles}) listens on ${simulator.url}`);
  try {
    return await runValidations(
      [
        {
          mlnodeUrl: simulator.url,
          model: options.model,
          reference,
          expName: 'demo',
          // The simulated node has no network node, so generation cannot disturb a PoC.
          weightGuard: { whyNot: async () => null },
          ...(options.expDir !== undefined && { expDir: options.expDir }),
          deployArgs: ['--tensor-parallel-size', String(TENSOR_PARALLEL)].map((value) => ({
            value,
            source: 'demo',
          })),
          ...THROUGHPUT,
          strict: options.strict,
          recordedOptions: { ...options },
        },
      ],
      output,
      context,
    );
  } finally {
    await simulator.close();
  }
}

/** One profile per replica, in turn. */
function profilesOf({ profiles: text, replicas }: DemoOptions): ProfileName[] {
  const names = text.split(',').map((name) => name.trim());
  for (const name of names) {
    if (!Object.hasOwn(profiles, name)) {
      throw new UsageError(`--profile ${name}: no such profile`, {
        advice: `use ${Object.keys(profiles).join('|')}`,
      });
    }
  }
  return Array.from(
    { length: Math.max(replicas, names.length) },
    (_, index) => names[index % names.length] as ProfileName,
  );
}
