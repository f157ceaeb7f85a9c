import { type TimeLimits, timeLimit } from '../../http/time-limit.js';
import type { MlNodeClient } from '../../mlnode/client.js';
import { portsOf } from '../../mlnode/replicas.js';
import type { ValidateContext } from '../context.js';

/**
 * Runs a step of the validation under its own time limit; an interruption ends the run.
 *
 * @returns the step's result, or `late` with the warning about it where the step ran out of time
 */
export async function withinLimit<T>(
  context: ValidateContext,
  what: string,
  step: (limits: TimeLimits) => Promise<T>,
): Promise<{ value: T; late: null } | { value: null; late: string }> {
  const seconds = context.options.validationTimeoutSeconds ?? 900;
  const isOver = new Error(`${what} was not finished within ${seconds} s (--validation-timeout)`);
  const limit = timeLimit(context, seconds, isOver);
  try {
    return { value: await step(limit), late: null };
  } catch (error) {
    if (error !== isOver) throw error;
    context.warn(isOver.message);
    return { value: null, late: isOver.message };
  } finally {
    limit.clear();
  }
}

/** Ports of the replicas in rotation, asked for within the limit of a step. */
export function replicaReader(node: MlNodeClient, limits: TimeLimits): () => Promise<number[]> {
  const limited = node.within(limits);
  return async () => portsOf(await limited.powStatus());
}
