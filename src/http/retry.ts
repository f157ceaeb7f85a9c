import { setTimeout as sleep } from 'node:timers/promises';
import { HttpFault } from './fault.js';
import { isRepeated, type RequestKind, retryDelayMs } from './policy.js';

/**
 * Sends a request as often as the policy allows for what it meets.
 *
 * @param patience multiplies every wait of the policy; 1 is made for a real network
 * @throws the last HttpFault; the signal's reason when aborted
 */
export async function withRetries<T>(
  kind: RequestKind,
  { signal, patience = 1 }: { signal?: AbortSignal | undefined; patience?: number },
  send: () => Promise<T>,
): Promise<T> {
  const start = performance.now();
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof HttpFault)) throw error;
      const elapsedMs = (performance.now() - start) / patience;
      if (!isRepeated(error.outcome, kind, attempt, elapsedMs)) throw error;
      await pause(patience * retryDelayMs(attempt, error.retryAfterMs), signal);
    }
  }
}

/** Waits; an abort ends it at once with the signal's own reason. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
}

/** Delays between looks at something slow, in milliseconds: short at first, then up to `longest`. */
export function growingDelay(longest: number): () => number {
  let next = Math.min(250, longest);
  return () => {
    const delay = next;
    next = Math.min(delay * 1.3, longest);
    return delay;
  };
}
