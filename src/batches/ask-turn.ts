import { pause } from '../http/retry.js';

/** An answer this late is waited for aside. */
const LONGEST_TURN_MS = 1_000;

/**
 * Sends requests one after the other, so that their order in the node's queues is known, without letting a slow
 * answer hold up the others for long.
 */
export class AskTurn {
  readonly #signal: AbortSignal;
  #last: Promise<unknown> = Promise.resolve();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Sends when the request before it was answered, or is late. */
  take<T>(send: () => Promise<T>): Promise<T> {
    const turn = this.#last;
    const answer = turn.then(send);
    const answered = new AbortController();
    const late = turn.then(() => pause(LONGEST_TURN_MS, AbortSignal.any([this.#signal, answered.signal])));
    this.#last = Promise.race([answer, late])
      .catch(() => {})
      .finally(() => answered.abort());
    return answer;
  }
}
