import { pause } from '../http/retry.js';
import type { SkipReason, Window } from './window.js';

/** One round after the other, and what happens in between. */
export interface WatchOptions {
  /** From the start of a round to the start of the next. */
  everyMs: number;
  /** How long what was due and could not begin is put off. */
  retryMs: number;
  window(): Promise<Window>;
  /**
   * Validates every node in turn; its failures are results.
   *
   * @param open waits until the next node may be begun: a round that a PoC interrupts goes on after it
   */
  round(open: () => Promise<void>): Promise<void>;
  onSkipped(reason: SkipReason, text: string): void;
  /** Told when nodes may be begun, with the blocks that are left until the next PoC. */
  onOpen?(blocksLeft: number | null): void;
  /** Told after each round how long it is until the next. */
  onRoundEnded?(waitMs: number): void;
  signal: AbortSignal;
}

/** Watches until the signal: then it returns, having ended the round under way. */
export async function watch(options: WatchOptions) {
  const { everyMs, retryMs, window, round, onSkipped, onOpen, onRoundEnded, signal } = options;
  let waiting: Promise<void> | undefined;
  /** One wait for all nodes that are due. */
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
      // A round that took longer than the interval is followed at once by the next, and by one only.
      dueAt = Math.max(startedAt + everyMs, performance.now());
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
