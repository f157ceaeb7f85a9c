import { performance } from 'node:perf_hooks';
import { AssayError } from '../errors.js';
import { HttpFault } from '../http/fault.js';
import { pause } from '../http/retry.js';

/** No job of ours ended, and no counter of the node changed, for the time of ten batches. */
export class EngineStandsStill extends AssayError {
  override name = 'EngineStandsStill';

  /** @param ports of the replicas that hold jobs of ours, as far as the node names them */
  constructor(
    readonly ports: number[],
    seconds: number,
  ) {
    const who = ports.length === 0 ? 'the engine' : `the engine of replica ${ports.join(', ')}`;
    super(
      `${who} stands still: no job ended and no counter moved for ${seconds} s, the time of ten batches`,
      { advice: "look into the node's log for a hung engine, and restart its process" },
    );
  }
}

export interface StillWatchOptions {
  /**
   * If no job ends for this time, the engine stands still: the time of ten batches as far as it is known, in
   * ms.
   */
  limitMs(): number;
  /** A counter of the node; it changes while the node works, also for somebody else. */
  readCounters(): Promise<number>;
  /** Ports of replicas that hold requests; null: no request is in progress. */
  holding(): number[] | null;
  /**
   * Whether a request was found in progress since then, a `performance.now()`. A request that was lost on the
   * way, or a poll without an answer, is a fault of the network and says nothing about the engine.
   */
  isSeen(since: number, limitMs: number): boolean;
}

const LOOKS_PER_LIMIT = 10;

/** Detects an engine that stands still. */
export class StillWatch {
  readonly #options: StillWatchOptions;
  #movedAt = performance.now();
  #counters: number | undefined;

  constructor(options: StillWatchOptions) {
    this.#options = options;
  }

  /** A job ended. */
  moved(): void {
    this.#movedAt = performance.now();
    this.#counters = undefined;
  }

  /**
   * @param signal ends watching
   * @returns never; only the signal's reason ends it
   * @throws EngineStandsStill
   */
  async watch(signal: AbortSignal): Promise<never> {
    for (;;) {
      await pause(this.#options.limitMs() / LOOKS_PER_LIMIT, signal);
      const ports = this.#options.holding();
      if (ports === null) this.moved();
      const stillMs = performance.now() - this.#movedAt;
      const limitMs = this.#options.limitMs();
      // The first half of the limit watches jobs only: as long as they end, the node is asked nothing.
      if (stillMs < limitMs / 2) continue;
      if (this.#counters === undefined) {
        this.#counters = await this.#read();
        continue;
      }
      if (stillMs < limitMs || !this.#options.isSeen(this.#movedAt, limitMs)) continue;
      const counters = await this.#read();
      if (counters === this.#counters) throw new EngineStandsStill(ports ?? [], Math.round(stillMs / 1000));
      this.moved();
    }
  }

  /**
   * NaN, which equals nothing, where the node does not answer: an unreachable node was not seen to stand
   * still.
   */
  async #read(): Promise<number> {
    try {
      return await this.#options.readCounters();
    } catch (error) {
      if (error instanceof HttpFault) return Number.NaN;
      throw error;
    }
  }
}
