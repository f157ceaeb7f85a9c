import { setMaxListeners } from 'node:events';
import { performance } from 'node:perf_hooks';
import { AskTurn } from './ask-turn.js';
import type { Phase } from './consequences.js';
import type { JobSource } from './job-source.js';
import { Looking } from './looking.js';
import type { Batch } from './plan.js';
import { PolicyClock } from './policy-clock.js';
import { type Lost, Repeats } from './repeats.js';
import { replicaOf } from './request-id.js';
import { Rotation } from './rotation.js';
import { EngineStandsStill, StillWatch } from './still-watch.js';
import type { Reply, Transport } from './transport.js';

/** A replica that is out of rotation returns with the next good health probe: after some seconds. */
const ABSENCE_LOOK_MS = 1_000;
const LONGEST_ABSENCE_MS = 60_000;

/** A batch that was answered. */
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
  /** Multiplies the waits between retries; default 1, for a real network. */
  patience?: number;
  jobs: JobSource;
  transport: Transport<R>;
  /** Nonces of a full batch. */
  batchSize: number;
  /** Ports of the replicas in rotation, read again whenever one joins or leaves. */
  readReplicas(): Promise<number[]>;
  /** Requests to keep in progress for this number of replicas, given the time of the slowest batch so far. */
  concurrency(replicas: number, slowestMs: number): number;
  /** The node queues requests and confirms it at once: then they are sent one after the other. */
  asksReturnAtOnce: boolean;
  /** Called in the order in which batches are answered. */
  onDone(done: Done<R>): void;
  /**
   * Called when the signal ends the run early, with the number of requests that the node may still be working
   * on.
   */
  onLeft?(requests: number): void;
  /** Called for each failed request, with its replica. */
  onFailed?(replica: number | null, reason: string): void;
  /** Ends the run of batches when the engine stands still. Without it, only the time limit does. */
  still?: {
    /** The time of ten batches, given the observed time of a full one, in ms. */
    limitMs(batchMs: number | undefined): number;
    readCounters(): Promise<number>;
  };
  /** Ends the run of batches: by interruption or by its time limit. */
  signal: AbortSignal;
  /** When that limit ends: a `performance.now()`. Default: there is none. */
  until?: number;
}

/**
 * Asks a node for batches, keeping every replica's queue filled, and follows each request to its end.
 *
 * @returns the batches that stayed without an answer
 * @throws HttpFault when the node refuses in a way that every batch would get; EngineStandsStill; the
 *   signal's reason when aborted
 */
export async function runBatches<R>(options: RunBatchesOptions<R>): Promise<Lost[]> {
  return new BatchRun(options).run();
}

/** Keeps requests in progress, and counts those that the node has. */
class BatchRun<R> {
  readonly #options: RunBatchesOptions<R>;
  readonly #rotation: Rotation;
  readonly #turn: AskTurn;
  readonly #looking: Looking<R>;
  readonly #repeats: Repeats;
  #underWay = 0;
  #slowestMs = 0;
  /** The node completes a request in the answer to it, even if it was asked to queue it. */
  #computesWhenAsked = false;
  /** Requests that were sent and have not ended as far as is known. */
  #atNode = 0;
  /** Ports of replicas that hold requests, one entry per request. */
  readonly #holding: number[] = [];
  readonly #still: StillWatch | undefined;
  readonly #clock: PolicyClock;
  #waitedMs = 0;
  #isResting = false;
  #finish!: () => void;
  /** Ends everything that waits or is about to ask, also after an error that ends the run. */
  readonly #over = new AbortController();
  readonly #signal: AbortSignal;

  constructor(options: RunBatchesOptions<R>) {
    const { phase, jobs, transport, batchSize, patience = 1, until = Number.POSITIVE_INFINITY } = options;
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#over.signal]);
    // Every request in progress waits on it, and Node reports more than ten listeners as a leak.
    setMaxListeners(0, this.#signal);
    const clock = new PolicyClock(patience, until, this.#signal);
    this.#clock = clock;
    this.#rotation = new Rotation(
      () => options.readReplicas(),
      (ports) => jobs.inRotation?.(ports),
    );
    this.#turn = new AskTurn(this.#signal);
    this.#looking = new Looking(transport, batchSize, clock, this.#signal, () => this.#still?.moved());
    this.#repeats = new Repeats(phase, jobs, this.#rotation, clock, options.onFailed?.bind(options));
    const { still } = options;
    this.#still =
      still &&
      new StillWatch({
        limitMs: () => still.limitMs(this.#looking.batchMs),
        readCounters: () => still.readCounters(),
        isSeen: (since, limitMs) => !this.#isQueueing || this.#looking.hasSeenPending(since, limitMs),
        holding: () => (this.#atNode === 0 ? null : [...new Set(this.#holding)].sort((a, b) => a - b)),
      });
  }

  async run(): Promise<Lost[]> {
    const signal = this.#signal;
    signal.throwIfAborted();
    await this.#rotation.refresh();
    let onAbort = () => {};
    try {
      await new Promise<void>((resolve, reject) => {
        this.#finish = resolve;
        onAbort = () => {
          // Where the node itself ended it, the other requests end in the same way.
          const isLeft = this.#options.signal.aborted || signal.reason instanceof EngineStandsStill;
          if (isLeft && this.#atNode > 0) this.#options.onLeft?.(this.#atNode);
          reject(signal.reason);
        };
        signal.addEventListener('abort', onAbort, { once: true });
        this.#still?.watch(signal).catch((error) => this.#over.abort(error));
        this.#fill();
      });
    } finally {
      // After the run, nothing may still wait.
      this.#over.abort();
      // A signal that lives longer than the run, as that of a watch, would keep all its listeners in memory.
      signal.removeEventListener('abort', onAbort);
    }
    return this.#repeats.lost;
  }

  #fill(): void {
    const { jobs, concurrency } = this.#options;
    while (
      !this.#signal.aborted &&
      this.#underWay < concurrency(Math.max(1, this.#rotation.size), this.#slowestMs)
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
    if (this.#underWay === 0 && !this.#signal.aborted && !this.#isResting) {
      this.#rest().catch((error) => this.#over.abort(error));
    }
  }

  /**
   * Nothing to ask for now: a replica may have joined meanwhile, or the run waits for one that is out of
   * rotation.
   */
  async #rest(): Promise<void> {
    const { jobs } = this.#options;
    if (jobs.inRotation === undefined) return this.#finish();
    this.#isResting = true;
    try {
      for (;;) {
        await this.#rotation.refresh();
        this.#fill();
        if (this.#underWay > 0) return;
        if (!jobs.isWaiting?.() || this.#waitedMs >= LONGEST_ABSENCE_MS) return this.#finish();
        await this.#clock.pause(ABSENCE_LOOK_MS);
        this.#waitedMs += ABSENCE_LOOK_MS;
      }
    } finally {
      this.#isResting = false;
    }
  }

  /** One request, from asking to its end: answered, returned to be asked again, or lost. */
  async #serve(batch: Batch): Promise<void> {
    const askedAt = performance.now();
    const asked = await this.#ask(batch);
    if (asked.kind !== 'queued') this.#atNode--;
    if (asked.kind === 'done') this.#computesWhenAsked = true;
    let reply = asked;
    const requestId = 'requestId' in asked ? asked.requestId : null;
    const replica = requestId === null ? null : replicaOf(requestId);
    if (asked.kind === 'done' || asked.kind === 'queued') {
      if (replica !== null && !this.#rotation.has(replica)) await this.#rotation.refresh();
      if (!this.#options.jobs.placed(batch, replica)) {
        if (asked.kind === 'queued') this.#atNode--;
        return;
      }
    }
    if (asked.kind === 'queued') {
      reply = await this.#follow(asked.requestId, batch, replica);
      this.#atNode--;
    }
    this.#signal.throwIfAborted();
    this.#still?.moved();
    this.#waitedMs = 0;

    if (reply.kind === 'done') {
      const latencyMs = performance.now() - askedAt;
      this.#slowestMs = Math.max(this.#slowestMs, latencyMs);
      this.#options.onDone({ batch, result: reply.result, replica, requestId, latencyMs });
      return;
    }
    await this.#repeats.recover(batch, replica, reply, asked.kind === 'queued');
  }

  async #follow(requestId: string, batch: Batch, replica: number | null): Promise<Reply<R>> {
    if (replica === null) return this.#looking.follow(requestId, batch);
    this.#holding.push(replica);
    const reply = await this.#looking.follow(requestId, batch);
    this.#holding.splice(this.#holding.indexOf(replica), 1);
    return reply;
  }

  #ask(batch: Batch): Promise<Reply<R>> {
    const send = () => {
      this.#signal.throwIfAborted();
      this.#atNode++;
      return this.#options.transport.ask(batch);
    };
    return this.#isQueueing ? this.#turn.take(send) : send();
  }

  /** Whether a request is answered as soon as it is queued, and polled from then on. */
  get #isQueueing(): boolean {
    return this.#options.asksReturnAtOnce && !this.#computesWhenAsked;
  }
}
