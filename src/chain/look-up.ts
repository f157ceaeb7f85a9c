import { setMaxListeners } from 'node:events';
import { messageOf } from '../errors.js';
import { type Choice, readChoice } from './choice.js';
import { createPace } from './pace.js';

export interface LookUpOptions {
  concurrency: number;
  /** Fixed time between two requests; without it the rate follows the node. */
  delayMs?: number;
  /** Deadline: what is not read by then is given up. */
  maxWaitMs: number;
  signal: AbortSignal;
  /** Called after each look-up. */
  onProgress?: (result: LookUpResult, total: number) => void;
}

export interface LookUpResult {
  choices: Map<string, Choice>;
  /** Address and reason of each look-up that failed. */
  failures: Map<string, string>;
}

/**
 * Reads the choices of many addresses for a model, in their order. One failure does not hide the other
 * answers.
 */
export async function lookUpChoices(
  nodeUrl: string,
  model: string,
  addresses: string[],
  { concurrency, delayMs, maxWaitMs, signal, onProgress }: LookUpOptions,
): Promise<LookUpResult> {
  const deadline = AbortSignal.timeout(maxWaitMs);
  const both = AbortSignal.any([signal, deadline]);
  // Each look-up adds a listener, so there are as many as hosts: this is not a leak.
  setMaxListeners(0, both);
  const pace = createPace({ concurrency, signal: both, ...(delayMs !== undefined && { delayMs }) });
  const result: LookUpResult = { choices: new Map(), failures: new Map() };
  await Promise.all(
    addresses.map(async (address) => {
      try {
        result.choices.set(address, await readChoice(nodeUrl, address, model, { pace, signal: both }));
      } catch (error) {
        signal.throwIfAborted();
        const reason = deadline.aborted ? `not read within ${maxWaitMs / 1000} s` : messageOf(error);
        result.failures.set(address, reason);
      }
      onProgress?.(result, addresses.length);
    }),
  );
  return result;
}
