/** A signal that aborts with the caller's, or when its time is over. */
export interface TimeLimit {
  signal: AbortSignal;
  /** Whether it was the time that ended it. */
  isOver(): boolean;
  /** Ends the timer; to be called when what it limits is done. */
  clear(): void;
}

/**
 * Limits a step. Unlike AbortSignal.timeout, whose timer keeps everything that ever listened to it until the
 * time is over, it can be ended.
 *
 * @param reason what the signal aborts with then
 */
export function timeLimit(signal: AbortSignal, seconds: number, reason: () => Error): TimeLimit {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(reason()), 1000 * seconds);
  return {
    signal: AbortSignal.any([signal, limit.signal]),
    isOver: () => limit.signal.aborted,
    clear: () => clearTimeout(timer),
  };
}
