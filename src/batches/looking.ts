import { performance } from 'node:perf_hooks';
import { pause } from '../http/retry.js';
import { Lanes } from './lanes.js';
import { type LookPace, Looks } from './looks.js';
import type { Batch } from './plan.js';
import type { PolicyClock } from './policy-clock.js';
import { lookAgainAfterMs } from './recovery.js';
import { replicaOf } from './request-id.js';
import type { Reply, Transport } from './transport.js';

/** While another request measures the batch time, this one is polled rarely, at growing intervals. */
const UNEXPLORED_LOOK_MS = 1_000;
const SHORT_WAIT_MS = 5;

/** Polls queued requests, each when it is at the head of its replica's queue, until it has ended. */
export class Looking<R> {
  readonly #transport: Transport<R>;
  /** Nonces of a full batch. */
  readonly #batchSize: number;
  readonly #clock: PolicyClock;
  readonly #signal: AbortSignal;
  readonly #onUnseen: () => void;
  readonly #lanes = new Lanes();
  readonly #pace: LookPace = { batchMs: undefined, pendingMs: 0 };
  #explorer: Looks | undefined;
  /** When a poll last found a request in progress. */
  #pendingAt = Number.NEGATIVE_INFINITY;
  /** Send times of the polls that have no answer yet. */
  readonly #unanswered = new Set<{ at: number }>();

  /**
   * @param onUnseen a poll had no answer: nothing is known of the request, and this is no proof of an engine
   * that stands still
   */
  constructor(
    transport: Transport<R>,
    batchSize: number,
    clock: PolicyClock,
    signal: AbortSignal,
    onUnseen: () => void = () => {},
  ) {
    this.#transport = transport;
    this.#batchSize = batchSize;
    this.#clock = clock;
    this.#signal = signal;
    this.#onUnseen = onUnseen;
  }

  /** The observed time of a full batch, in ms; undefined until one was observed. */
  get batchMs(): number | undefined {
    return this.#pace.batchMs;
  }

  /**
   * Whether a poll since then found a request in progress, and no poll has waited for an answer for half of
   * the limit.
   */
  hasSeenPending(since: number, limitMs: number): boolean {
    const late = performance.now() - limitMs / 2;
    return this.#pendingAt >= since && ![...this.#unanswered].some(({ at }) => at < late);
  }

  /** Waits for the request's turn at its replica, then polls it until it is no longer in progress. */
  async follow(requestId: string, batch: Batch): Promise<Reply<R>> {
    const queuedAt = performance.now();
    const { lane, leave } = await this.#lanes.enter(replicaOf(requestId) ?? 0);
    const share = Math.min(1, batch.count / this.#batchSize);
    const startedAt = Math.max(queuedAt, lane.freeAt);
    const looks = new Looks(this.#pace, share, startedAt, Math.max(queuedAt, lane.seenFreeAt));
    try {
      const { reply, at, faults } = await this.#lookUntilEnd(looks, requestId, batch);
      lane.freeAt = reply.kind === 'done' ? looks.completed(at, faults === 0) : at;
      lane.seenFreeAt = at;
      return reply;
    } finally {
      // If this request found no batch time, another one measures it.
      if (this.#explorer === looks) this.#explorer = undefined;
      leave();
    }
  }

  /** @returns the last reply, its arrival time, and how many polls failed before it */
  async #lookUntilEnd(
    looks: Looks,
    requestId: string,
    batch: Batch,
  ): Promise<{ reply: Reply<R>; at: number; faults: number }> {
    let faults = 0;
    for (;;) {
      await this.#waitForLook(looks);
      const reply = await this.#look(requestId, batch);
      const at = performance.now();
      if (reply.kind === 'pending' || reply.kind === 'queued') {
        this.#pendingAt = at;
        looks.pending(at);
        continue;
      }
      if (reply.kind !== 'fault') return { reply, at, faults };
      this.#onUnseen();
      const delayMs = lookAgainAfterMs(reply, ++faults, this.#clock.leftMs());
      if (delayMs === undefined) return { reply, at, faults };
      await this.#clock.pause(delayMs);
    }
  }

  async #look(requestId: string, batch: Batch): Promise<Reply<R>> {
    const sent = { at: performance.now() };
    this.#unanswered.add(sent);
    try {
      return await this.#transport.look(requestId, batch);
    } finally {
      this.#unanswered.delete(sent);
    }
  }

  async #waitForLook(looks: Looks): Promise<void> {
    const patience = Math.max(UNEXPLORED_LOOK_MS, looks.elapsed(performance.now()));
    for (let waited = 0; this.#pace.batchMs === undefined; waited += SHORT_WAIT_MS) {
      this.#explorer ??= looks;
      if (this.#explorer === looks) break;
      if (waited >= patience) return;
      await pause(SHORT_WAIT_MS, this.#signal);
    }
    await pause(looks.nextIn(performance.now()), this.#signal);
  }
}
