import { setMaxListeners } from 'node:events';
import { messageOf } from '../errors.js';
import { type Choice, readChoice } from './choice.js';
import { createPace } from './pace.js';

export interface LookUpOptions {
  concurrency: number;
  /** Fixed distance between two requests; without it the pace follows the node. */
  delayMs?: number;
  /** After it, what is not read yet is given up. */
  maxWaitMs: number;
  signal: AbortSignal;
  /** Called after each one. */
  onProgress?: (result: LookUpResult, total: number) => void;
}

export interface LookUpResult {
  choices: Map<string, Choice>;
  /** Address and reason of each that could not be read. */
  failures: Map<string, string>;
}

/** Reads many addresses' choices for a model, in their order; one that fails never hides another. */
export async function lookUpChoices(
  nodeUrl: string,
  model: string,
  addresses: string[],
  { concurrency, delayMs, maxWaitMs, signal, onProgress }: LookUpOptions,
): Promise<LookUpResult> {
  const deadline = AbortSignal.timeout(maxWaitMs);
  const both = AbortSignal.any([signal, deadline]);
  // As many look-ups listen to it as there are hosts: no leak.
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
