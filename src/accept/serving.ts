import { performance } from 'node:perf_hooks';
import { AssayError } from '../errors.js';
import { pause } from '../http/retry.js';
import { countGpus } from '../mlnode/replicas.js';
import { startLimitS } from '../mlnode/start-limit.js';
import { promisedReplicas } from '../network/promised-replicas.js';
import { deploy } from '../validate/phases/deploy.js';
import type { AcceptInputs, Tester } from './check.js';

/** The missing input of a check that stops and starts the model; null if nothing is missing. */
export function lacksStartArgs({ startArgs }: AcceptInputs): string | null {
  return startArgs === null
    ? 'this check restarts the model and needs the start arguments: add --node-config FILE, or --deploy-args-from-reference'
    : null;
}

/** Long enough for a cold start and the wait for its replicas. */
export function startLimitSeconds({ startSeconds }: AcceptInputs): number {
  return (startSeconds ?? startLimitS(['B200'])) + 300;
}

/** Time limit for unloading the model. */
const DOWN_LIMIT_S = 120;

/** Stops the model, and waits until it is gone. */
export async function stopModel({ node, patience, signal }: Pick<Tester, 'node' | 'patience' | 'signal'>) {
  await node.stopModel();
  const end = performance.now() + 1000 * patience * DOWN_LIMIT_S;
  for (;;) {
    const { state } = await node.state();
    if (state !== 'INFERENCE') return;
    if (performance.now() > end) {
      throw new AssayError(
        `the node is still in ${state} ${DOWN_LIMIT_S} s after the request to stop the model`,
        {
          advice: "look into the node's log",
        },
      );
    }
    await pause(patience * 500, signal);
  }
}

/** The result of starting the model. */
export interface Started {
  /** Time from the request until the expected replicas were in rotation. */
  seconds: number;
  /** null: no number of replicas was expected. */
  promised: number | null;
}

/**
 * Starts the model with the given arguments, and waits for its replicas.
 *
 * @throws AssayError when the model does not load
 */
export async function startModel(tester: Tester): Promise<Started> {
  const { inputs, node, options } = tester;
  const args = inputs.startArgs ?? [];
  const gpus = countGpus(await node.gpuDevices());
  const promised = promisedReplicas({
    expected: options.expectReplicas,
    metrics: null,
    gpus: gpus.reduce((sum, { count }) => sum + count, 0),
    args,
  });
  const before = {
    version: null,
    loaded_model: null,
    gpus,
    replicas: [],
    busy_with_foreign_poc: false,
    elapsed_s: 0,
  };
  const { elapsed_s } = await deploy(tester, before, promised);
  return { seconds: elapsed_s, promised };
}

/** The same, with a model that does not load as a value: it is what the checks of a start look for. */
export async function tryStartModel(
  tester: Tester,
): Promise<{ started: Started; failure: null } | { started: null; failure: string }> {
  try {
    return { started: await startModel(tester), failure: null };
  } catch (error) {
    if (!(error instanceof AssayError) || tester.signal.aborted) throw error;
    return { started: null, failure: error.message };
  }
}
