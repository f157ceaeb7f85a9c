import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { HttpFault } from '../http/fault.js';

export interface PaceOptions {
  /** Requests that run at the same time. */
  concurrency: number;
  /** Fixed time between the starts of two requests; without it the rate follows the node. */
  delayMs?: number;
  signal?: AbortSignal;
}

/** Runs requests no faster than the node accepts them. */
export interface RequestPace {
  run<T>(request: () => Promise<T>): Promise<T>;
  /** Present time between two starts. */
  readonly delayMs: number;
}

const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 6_000;

/**
 * Starts at full speed. When the node refuses (429, 503), the time between two starts doubles. Further
 * refusals of requests that were already running count as the same one. Each good answer makes the time a
 * little shorter.
 */
export function createPace({ concurrency, delayMs: fixed, signal }: PaceOptions): RequestPace {
  const limit = pLimit(concurrency);
  let delayMs = fixed ?? 0;
  let nextStart = 0;
  let slowedAt = 0;

  return {
    get delayMs() {
      return delayMs;
    },
    run: (request) =>
      limit(async () => {
        const start = Math.max(Date.now(), nextStart);
        nextStart = start + delayMs;
        await sleep(start - Date.now(), undefined, signal && { signal });
        const startedAt = Date.now();
        try {
          const answer = await request();
          if (fixed === undefined) delayMs = delayMs < 10 ? 0 : delayMs * 0.98;
          return answer;
        } catch (error) {
          if (fixed === undefined && isRefusal(error) && startedAt >= slowedAt) slowDown(error.retryAfterMs);
          throw error;
        }
      }),
  };

  function slowDown(retryAfterMs = 0): void {
    delayMs = Math.min(MAX_DELAY_MS, Math.max(FIRST_DELAY_MS, delayMs * 2));
    slowedAt = Date.now() + 1;
    nextStart = Math.max(nextStart, Date.now() + Math.max(delayMs, Math.min(retryAfterMs, 60_000)));
  }
}

function isRefusal(error: unknown): error is HttpFault {
  return error instanceof HttpFault && (error.outcome === 'throttled' || error.status === 503);
}
