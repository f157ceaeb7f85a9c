import { setMaxListeners } from 'node:events';
import { performance } from 'node:perf_hooks';
import { HttpFault } from '../http/fault.js';
import { pause } from '../http/retry.js';
import type { Phase } from './consequences.js';
import type { JobSource } from './job-source.js';
import { Looks, type Pace } from './looks.js';
import type { Batch } from './plan.js';
import { lookAgainAfterMs, recoveryOf } from './recovery.js';
import { replicaOf } from './request-id.js';
import type { Reply, Transport } from './transport.js';

/** A batch that came back. */
export interface Done<R> {
  batch: Batch;
  result: R;
  replica: number | null;
  requestId: string | null;
  /** From sending the request to the complete answer. */
  latencyMs: number;
}

export interface RunBatchesOptions<R> {
  phase: Phase;
  /** Multiplies the waits between repetitions; default 1, which is made for a real network. */
  patience?: number;
  jobs: JobSource;
  transport: Transport<R>;
  /** Nonces of a full batch. */
  batchSize: number;
  /** Ports of the replicas in rotation, read anew whenever one comes or goes. */
  readReplicas(): Promise<number[]>;
  /** Requests to keep under way for that many replicas, given the slowest batch so far. */
  concurrency(replicas: number, slowestMs: number): number;
  /** The node queues requests and says so at once: then they are sent one after the other. */
  asksReturnAtOnce: boolean;
  /** Called in the order in which batches come back. */
  onDone(done: Done<R>): void;
  /** Called when the signal ends the run before its requests, with how many the node may still be working on. */
  onLeft?(requests: number): void;
  /** Ends the run of batches: by interruption or by its time limit. */
  signal: AbortSignal;
  /** When that limit is: a `performance.now()`. Default: there is none. */
  until?: number;
}

/** A batch that nobody answered for good, and the last reason. */
export interface Lost {
  batch: Batch;
  reason: string;
}

/** Queued requests are sent one after the other, to know their order; an answer this late is waited for aside. */
const ASK_TURN_MS = 1_000;
/** While another request explores the batch time, this one is looked at rarely, and ever more so. */
const UNEXPLORED_LOOK_MS = 1_000;
const SHORT_WAIT_MS = 10;

/** What one replica's queue is known to hold: requests are worked on one after the other. */
interface Lane {
  /** Settles when the request before the next one to come has left the queue. */
  tail: Promise<void>;
  /** When the replica finished the last one: an estimate. */
  freeAt: number;
  /** When it was seen to have finished the last one. */
  seenFreeAt: number;
}

/**
 * Asks a node for batches, keeping every replica's queue filled, and follows each request to its end.
 *
 * @returns the batches that stayed without an answer
 * @throws HttpFault when the node refuses in a way that every batch would meet; the signal's reason when aborted
 */
export async function runBatches<R>(options: RunBatchesOptions<R>): Promise<Lost[]> {
  return new BatchRun(options).run();
}

class BatchRun<R> {
  readonly #options: RunBatchesOptions<R>;
  readonly #lanes = new Map<number, Lane>();
  readonly #pace: Pace = { batchMs: undefined, pendingMs: 0 };
  readonly #lost: Lost[] = [];
  /** How often each job came to nothing. */
  readonly #attempts = new Map<string, number>();
  #explorer: object | undefined;
  #replicas: number[] = [];
  #underWay = 0;
  #slowestMs = 0;
  #askTurn: Promise<unknown> = Promise.resolve();
  /** The node completes a request in the answer to it, whatever was asked for. */
  #computesWhenAsked = false;
  /** Requests that were sent, and of which no end is known. */
  #atNode = 0;
  #finish!: () => void;
  /** Ends everything that waits or is about to ask, also where it is an error that ends the run. */
  readonly #over = new AbortController();
  readonly #signal: AbortSignal;

  constructor(options: RunBatchesOptions<R>) {
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#over.signal]);
    // Every request under way waits on it, and Node takes more than ten listeners for a leak.
    setMaxListeners(0, this.#signal);
  }

  async run(): Promise<Lost[]> {
    const signal = this.#signal;
    signal.throwIfAborted();
    await this.#refreshReplicas();
    let onAbort = () => {};
    try {
      await new Promise<void>((resolve, reject) => {
        this.#finish = resolve;
        onAbort = () => {
          // Where the node itself ended it, the others meet the same.
          if (this.#options.signal.aborted && this.#atNode > 0) this.#options.onLeft?.(this.#atNode);
          reject(signal.reason);
        };
        signal.addEventListener('abort', onAbort, { once: true });
        this.#fill();
      });
    } finally {
      // A signal that outlives the run, as that of a watch does, would keep everything that listens to it.
      signal.removeEventListener('abort', onAbort);
    }
    return this.#lost;
  }

  #fill(): void {
    const { jobs, concurrency } = this.#options;
    while (
      !this.#signal.aborted &&
      this.#underWay < concurrency(Math.max(1, this.#replicas.length), this.#slowestMs)
    ) {
      const batch = jobs.next();
      if (batch === undefined) break;
      this.#underWay++;
      this.#serve(batch).then(
        () => {
          this.#underWay--;
          this.#fill();
        },
        (error) => this.#over.abort(error),
      );
    }
    if (this.#underWay === 0 && !this.#signal.aborted) this.#finish();
  }

  /** One request, from asking to its end: answered, given back to be asked again, or lost. */
  async #serve(batch: Batch): Promise<void> {
    const askedAt = performance.now();
    const asked = await this.#ask(batch);
    if (asked.kind !== 'queued') this.#atNode--;
    if (asked.kind === 'done') this.#computesWhenAsked = true;
    let reply = asked;
    const requestId = 'requestId' in asked ? asked.requestId : null;
    const replica = requestId === null ? null : replicaOf(requestId);
    if (asked.kind === 'done' || asked.kind === 'queued') {
      if (!this.#options.jobs.placed(batch, replica)) {
        if (asked.kind === 'queued') this.#atNode--;
        return;
      }
      if (replica !== null && !this.#replicas.includes(replica)) await this.#refreshReplicas();
    }
    if (asked.kind === 'queued') {
      reply = await this.#follow(asked.requestId, batch);
      this.#atNode--;
    }
    this.#signal.throwIfAborted();

    if (reply.kind === 'done') {
      const latencyMs = performance.now() - askedAt;
      this.#slowestMs = Math.max(this.#slowestMs, latencyMs);
      this.#options.onDone({ batch, result: reply.result, replica, requestId, latencyMs });
      return;
    }
    await this.#recover(batch, replica, reply, asked.kind === 'queued');
  }

  /** Keeps the order of requests known, without letting a slow answer hold up the others for long. */
  #ask(batch: Batch): Promise<Reply<R>> {
    const send = () => {
      this.#signal.throwIfAborted();
      this.#atNode++;
      return this.#options.transport.ask(batch);
    };
    if (!this.#options.asksReturnAtOnce || this.#computesWhenAsked) return send();
    const turn = this.#askTurn;
    const answer = turn.then(send);
    const answered = new AbortController();
    const late = turn.then(() => pause(ASK_TURN_MS, AbortSignal.any([this.#signal, answered.signal])));
    this.#askTurn = Promise.race([answer, late])
      .catch(() => {})
      .finally(() => answered.abort());
    return answer;
  }

  /** Waits for the request's turn at its replica, then looks at it until it is no longer under way. */
  async #follow(requestId: string, batch: Batch): Promise<Reply<R>> {
    const queuedAt = performance.now();
    const lane = this.#laneOf(replicaOf(requestId) ?? 0);
    const before = lane.tail;
    let leave!: () => void;
    lane.tail = new Promise((resolve) => {
      leave = resolve;
    });
    await before;
    const share = Math.min(1, batch.count / this.#options.batchSize);
    const startedAt = Math.max(queuedAt, lane.freeAt);
    const looks = new Looks(this.#pace, share, startedAt, Math.max(queuedAt, lane.seenFreeAt));
    try {
      let faults = 0;
      for (;;) {
        await this.#waitForLook(looks);
        const reply = await this.#options.transport.look(requestId, batch);
        const now = performance.now();
        if (reply.kind === 'pending' || reply.kind === 'queued') {
          looks.pending(now);
          continue;
        }
        const delayMs =
          reply.kind === 'fault' ? lookAgainAfterMs(reply, ++faults, this.#leftMs()) : undefined;
        if (delayMs === undefined) {
          lane.freeAt = reply.kind === 'done' ? looks.completed(now, faults === 0) : now;
          lane.seenFreeAt = now;
          return reply;
        }
        await this.#pause(delayMs);
      }
    } finally {
      // Where it found nothing out, another one explores.
      if (this.#explorer === looks) this.#explorer = undefined;
      leave();
    }
  }

  async #waitForLook(looks: Looks): Promise<void> {
    const signal = this.#signal;
    const patience = Math.max(UNEXPLORED_LOOK_MS, looks.elapsed(performance.now()));
    for (let waited = 0; this.#pace.batchMs === undefined; waited += SHORT_WAIT_MS) {
      this.#explorer ??= looks;
      if (this.#explorer === looks) break;
      if (waited >= patience) return;
      await pause(SHORT_WAIT_MS, signal);
    }
    await pause(looks.nextIn(performance.now()), signal);
  }

  #laneOf(replica: number): Lane {
    let lane = this.#lanes.get(replica);
    if (lane === undefined) {
      lane = { tail: Promise.resolve(), freeAt: 0, seenFreeAt: 0 };
      this.#lanes.set(replica, lane);
    }
    return lane;
  }

  /** Asks again where the policy says so, else counts the batch as lost or ends the run. */
  async #recover(
    batch: Batch,
    replica: number | null,
    reply: Exclude<Reply<R>, { kind: 'done' }>,
    wasQueued: boolean,
  ): Promise<void> {
    const { phase, jobs } = this.#options;
    const job = jobs.nameOf(batch, replica);
    const attempt = (this.#attempts.get(job) ?? 0) + 1;
    this.#attempts.set(job, attempt);

    const recovery = recoveryOf(reply, { phase, wasAccepted: wasQueued, attempt, leftMs: this.#leftMs() });
    switch (recovery.kind) {
      case 'again':
        if (recovery.delayMs > 0) await this.#pause(recovery.delayMs);
        await this.#refreshReplicas();
        jobs.giveBack(batch, replica);
        return;
      case 'lost':
        jobs.giveUp(batch, replica);
        this.#lost.push({ batch, reason: recovery.reason });
        return;
      case 'ends':
        throw recovery.error;
    }
  }

  /** A wait of the policy, in its own measure. */
  #pause(milliseconds: number): Promise<void> {
    const { patience = 1 } = this.#options;
    return pause(patience * milliseconds, this.#signal);
  }

  /** What is left of the time, in the measure of the policy's waits. */
  #leftMs(): number {
    const { patience = 1, until = Number.POSITIVE_INFINITY } = this.#options;
    return (until - performance.now()) / patience;
  }

  async #refreshReplicas(): Promise<void> {
    let replicas: number[];
    try {
      replicas = await this.#options.readReplicas();
    } catch (error) {
      // Who answers batches needs not tell its replicas: those known are asked on.
      if (error instanceof HttpFault && this.#replicas.length > 0) return;
      throw error;
    }
    // A node whose replicas all missed a health probe still has them.
    if (replicas.length > 0 || this.#replicas.length === 0) this.#replicas = replicas;
  }
}
