/**
 * Answers that the readers of one look at the chain share: what several of them ask for is asked once, and all of
 * them judge the same state.
 */
export class SharedReads {
  readonly #signal: AbortSignal;
  readonly #answers = new Map<string, Promise<unknown>>();

  /** @param signal ends the reads; a reader's own signal ends only its waiting */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /**
   * @param question what is read, as a key: equal questions share one answer, or one failure
   * @param ask asks for it; called for the first of them
   * @param own the reader's own signal
   */
  read<T>(question: string, ask: (signal: AbortSignal) => Promise<T>, own?: AbortSignal): Promise<T> {
    const known = this.#answers.get(question) as Promise<T> | undefined;
    const answer = known ?? ask(this.#signal);
    if (known === undefined) this.#answers.set(question, answer);
    return own === undefined ? answer : unlessAborted(answer, own);
  }
}

function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}
