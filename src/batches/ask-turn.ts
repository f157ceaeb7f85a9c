import { pause } from '../http/retry.js';

/** After this time, the next request no longer waits for the answer. */
const LONGEST_TURN_MS = 1_000;

/**
 * Sends requests one after the other, so that their order in the node's queues is known. A slow answer does
 * not delay the other requests for long.
 */
export class AskTurn {
  readonly #signal: AbortSignal;
  #last: Promise<unknown> = Promise.resolve();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Sends when the request before it has been answered, or is late. */
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
