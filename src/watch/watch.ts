import { pause } from '../http/retry.js';
import type { SkipReason, Window } from './window.js';

/** One round after the other, and what happens in between. */
export interface WatchOptions {
  /** From the start of a round to the start of the next. */
  everyMs: number;
  /** How long a round that was due and could not begin is put off. */
  retryMs: number;
  window(): Promise<Window>;
  /** Validates every node in turn; its failures are results. */
  round(): Promise<void>;
  onSkipped(reason: SkipReason, text: string): void;
  signal: AbortSignal;
}

/** Watches until the signal: then it returns, having ended the round under way. */
export async function watch({ everyMs, retryMs, window, round, onSkipped, signal }: WatchOptions) {
  let dueAt = performance.now();
  try {
    for (;;) {
      await pause(Math.max(0, dueAt - performance.now()), signal);
      const now = await window();
      if (!now.isOpen) {
        onSkipped(now.reason, now.text);
        dueAt = performance.now() + Math.min(retryMs, everyMs);
        continue;
      }
      const startedAt = performance.now();
      await round();
      // A round that took longer than the interval is followed at once by the next, and by one only.
      dueAt = Math.max(startedAt + everyMs, performance.now());
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
