import { setTimeout as sleep } from 'node:timers/promises';
import { HttpFault } from './fault.js';
import { type RequestKind, retriesOf, retryDelayMs, TOTAL_MS } from './policy.js';

/** Limits for the retries of a request. */
export interface Manners {
  signal?: AbortSignal | undefined;
  /** Multiplies every wait of the policy; the default is 1, for a real network. */
  patience?: number;
  /** Deadline of all waits: a `performance.now()`. Default: the policy's total time. */
  until?: number;
}

/**
 * Sends a request as often as the policy allows for its outcomes.
 *
 * @throws the last HttpFault; the signal's reason when aborted
 */
export async function withRetries<T>(
  kind: RequestKind,
  { signal, patience = 1, until = Number.POSITIVE_INFINITY }: Manners,
  send: () => Promise<T>,
): Promise<T> {
  const end = Math.min(until, performance.now() + patience * TOTAL_MS);
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof HttpFault) || attempt > retriesOf(error.outcome, kind)) throw error;
      // A retry does not make a container's name known.
      if (error.unknownName !== undefined) throw error;
      const delayMs = patience * retryDelayMs(attempt, error.retryAfterMs);
      if (performance.now() + delayMs > end) throw error.notWaitedFor();
      await pause(delayMs, signal);
    }
  }
}

/** A timer of more than 24 days would fire at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Waits. An abort ends it at once with the reason of the signal. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(Math.min(milliseconds, LONGEST_TIMER_MS), undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
}

/** The first delay between polls of something that may be there at once, in milliseconds. */
export const SOON_MS = 50;

/** Delays between polls of something slow, in milliseconds: `first`, then longer, up to `longest`. */
export function growingDelay(longest: number, first = 250): () => number {
  let next = Math.min(first, longest);
  return () => {
    const delay = next;
    next = Math.min(delay * 1.3, longest);
    return delay;
  };
}
