import { pause } from '../http/retry.js';
import type { SkipReason, Window } from './window.js';

/** The rounds of a watch, and the events between them. */
export interface WatchOptions {
  /** Time from the start of a round to the start of the next. */
  everyMs: number;
  /** Delay before due nodes that could not start are tried again. */
  retryMs: number;
  window(): Promise<Window>;
  /**
   * Validates every node in turn; a failure is a result.
   *
   * @param open waits until the next node may start: a round that a PoC interrupts continues after it
   */
  round(open: () => Promise<void>): Promise<void>;
  onSkipped(reason: SkipReason, text: string): void;
  /** Called when nodes may start, with the number of blocks until the next PoC. */
  onOpen?(blocksLeft: number | null): void;
  /** Called after each round with the time until the next. */
  onRoundEnded?(waitMs: number): void;
  signal: AbortSignal;
}

/** Watches until the signal is aborted: then it ends the current round and returns. */
export async function watch(options: WatchOptions) {
  const { everyMs, retryMs, window, round, onSkipped, onOpen, onRoundEnded, signal } = options;
  let waiting: Promise<void> | undefined;
  /** One wait for all due nodes. */
  const open = () => {
    waiting ??= untilOpen().finally(() => {
      waiting = undefined;
    });
    return waiting;
  };
  let dueAt = performance.now();
  try {
    for (;;) {
      await pause(Math.max(0, dueAt - performance.now()), signal);
      await open();
      const startedAt = performance.now();
      await round(open);
      // After a round longer than the interval the next one starts at once; missed rounds are not made up.
      dueAt = Math.max(startedAt + everyMs, performance.now());
      if (signal.aborted) return;
      onRoundEnded?.(dueAt - performance.now());
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }

  async function untilOpen(): Promise<void> {
    for (;;) {
      const now = await window();
      if (now.isOpen) {
        onOpen?.(now.blocksLeft);
        return;
      }
      onSkipped(now.reason, now.text);
      await pause(Math.min(retryMs, everyMs), signal);
    }
  }
}
