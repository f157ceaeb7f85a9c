import { LONGEST_TIMER_MS } from '../http/retry.js';

/** How long something may go on. */
export interface Limits {
  signal: AbortSignal;
  /** When the time is over, and the signal aborts: a `performance.now()`. */
  until: number;
}

/** Limits whose timer is running. */
export interface TimeLimit extends Limits {
  /** Ends the timer; to be called when what it limits is done. */
  clear(): void;
}

/**
 * Limits a step. Unlike AbortSignal.timeout, whose timer keeps everything that ever listened to it until the
 * time is over, it can be ended.
 *
 * @param outer the limits that hold around it: its signal aborts with theirs
 * @param reason what the signal aborts with when the time is over
 */
export function timeLimit(
  outer: Pick<Limits, 'signal'> & Partial<Limits>,
  seconds: number,
  reason: Error,
): TimeLimit {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(reason), Math.min(1000 * seconds, LONGEST_TIMER_MS));
  return {
    signal: AbortSignal.any([outer.signal, limit.signal]),
    until: Math.min(performance.now() + 1000 * seconds, outer.until ?? Number.POSITIVE_INFINITY),
    clear: () => clearTimeout(timer),
  };
}
