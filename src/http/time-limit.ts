import { setMaxListeners } from 'node:events';
import { LONGEST_TIMER_MS } from './retry.js';

/** Time limit of a step. */
export interface TimeLimits {
  signal: AbortSignal;
  /** The deadline, at which the signal aborts: a `performance.now()`. */
  until: number;
}

/** The limits that apply. */
export interface TimeLimit extends TimeLimits {
  /** Ends the timer and releases the outer signal; call it when the step is done. */
  clear(): void;
}

/**
 * Limits a step. Unlike AbortSignal.timeout and AbortSignal.any it can be ended. Those keep a timer and a
 * reference in the outer signal: a process with many runs would collect more and more of them.
 *
 * @param outer the limits that hold around it: its signal aborts with theirs
 * @param seconds Infinity for the outer limits alone
 * @param reason the abort reason when the time is over
 */
export function timeLimit(outer: Partial<TimeLimits>, seconds: number, reason: Error): TimeLimit {
  const limit = new AbortController();
  const timer = Number.isFinite(seconds)
    ? setTimeout(() => limit.abort(reason), Math.min(1000 * seconds, LONGEST_TIMER_MS))
    : undefined;
  const follow = () => limit.abort(outer.signal?.reason);
  if (outer.signal !== undefined) {
    // Every request under way listens to it: this is not a leak.
    setMaxListeners(0, outer.signal);
    outer.signal.addEventListener('abort', follow);
    if (outer.signal.aborted) follow();
  }
  return {
    signal: limit.signal,
    until: Math.min(performance.now() + 1000 * seconds, outer.until ?? Number.POSITIVE_INFINITY),
    clear() {
      clearTimeout(timer);
      outer.signal?.removeEventListener('abort', follow);
    },
  };
}
