import type { Outcome } from './fault.js';
/** What a request does on the node, which decides whether it may be sent again. */
export type RequestKind =
  /** Changes nothing. */
  | 'read'
  /** Starts, stops or changes something. */
  | 'act'
  /** Asks for the vectors of some nonces: a second request only costs time. */
  | 'generate';
/** How often a request is sent again, by outcome. An outcome that a retry cannot change has no retries. */
const RETRIES: Record<Outcome, Record<RequestKind, number>> = {
  unreachable: { read: 4, act: 4, generate: 4 },
  broken: { read: 4, act: 0, generate: 3 },
  timed_out: { read: 2, act: 0, generate: 1 },
  untrusted: { read: 0, act: 0, generate: 0 },
  redirected: { read: 0, act: 0, generate: 0 },
  too_large: { read: 0, act: 0, generate: 0 },
  not_json: { read: 3, act: 0, generate: 2 },
  malformed: { read: 1, act: 0, generate: 1 },
  absent: { read: 0, act: 0, generate: 2 },
  conflict: { read: 0, act: 0, generate: 0 },
  throttled: { read: 6, act: 6, generate: 8 },
  rejected: { read: 0, act: 0, generate: 0 },
  failing: { read: 4, act: 0, generate: 4 },
};
/** A read or an act is not retried later than this after the first attempt. */
export const TOTAL_MS = 180_000;

/** Number of retries after an outcome. */
export function retriesOf(outcome: Outcome, kind: RequestKind): number {
  return RETRIES[outcome][kind];
}

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 8_000;

/**
 * How long to wait before the next attempt: doubling, with jitter so that many clients do not retry at the
 * same time, and never shorter than a node's own Retry-After. The caller has a limit, and gives up at once if
 * the wait would be longer.
 *
 * @param attempt 1 after the first failure
 */
export function retryDelayMs(attempt: number, retryAfterMs = 0, random: () => number = Math.random): number {
  const delay = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), LONGEST_DELAY_MS);
  return Math.max(retryAfterMs, delay * (0.5 + 0.5 * random()));
}
