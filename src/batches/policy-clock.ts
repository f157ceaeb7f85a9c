import { performance } from 'node:perf_hooks';
import { pause } from '../http/retry.js';

/** The waits of the policy, in its own time scale: that of a real network. */
export class PolicyClock {
  readonly #patience: number;
  readonly #until: number;
  readonly #signal: AbortSignal;

  /**
   * @param patience multiplies each wait
   * @param until no wait lasts longer than this: a `performance.now()`
   * @param signal ends each wait
   */
  constructor(patience: number, until: number, signal: AbortSignal) {
    this.#patience = patience;
    this.#until = until;
    this.#signal = signal;
  }

  pause(milliseconds: number): Promise<void> {
    return pause(this.#patience * milliseconds, this.#signal);
  }

  leftMs(): number {
    return (this.#until - performance.now()) / this.#patience;
  }
}
