import { randomUUID } from 'node:crypto';
import { ApiError } from './api-error.js';
import type { Engine, Work } from './engine.js';

/** Most nonces in the queue of one replica. */
const MAX_QUEUED_NONCES = 100_000;

interface Entry {
  state: 'queued' | 'running' | 'completed' | 'failed';
  size: number;
  /** Kept for a completed or failed job. */
  answer: Record<string, unknown>;
  endedAt: number;
  work: Work;
}

/** A job before it is queued: it makes its work, and the work reports its answer through `finish`. */
export interface QueuedJob {
  size: number;
  work(finish: (answer: Record<string, unknown>, at: number) => void): Work;
}

/** The queue of a replica: one job at a time; answers are kept for a while. */
export class JobQueue {
  private readonly entries = new Map<string, Entry>();
  private waiting: Entry[] = [];
  private running: Entry | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly forgetAfterMs: number,
  ) {}

  /**
   * @returns the id of the job
   * @throws ApiError 429 when the queue would have too many nonces
   */
  add({ size, work }: QueuedJob): string {
    this.forgetOld();
    const held = this.heldNonces();
    if (held + size > MAX_QUEUED_NONCES) {
      throw new ApiError(429, `Queue full: ${held} nonces queued, limit is ${MAX_QUEUED_NONCES}`);
    }
    const id = randomUUID();
    const entry: Entry = {
      state: 'queued',
      size,
      answer: {},
      endedAt: 0,
      work: work((answer, at) => this.finish(entry, answer, at)),
    };
    this.entries.set(id, entry);
    this.waiting.push(entry);
    this.next(performance.now());
    return id;
  }

  /**
   * The state of a job: the body of the answer, without its request id.
   *
   * @throws ApiError 404 once the job is deleted
   */
  state(id: string): Record<string, unknown> {
    this.forgetOld();
    const entry = this.entries.get(id);
    if (entry === undefined) throw new ApiError(404, 'Request not found');
    return { status: entry.state, ...entry.answer };
  }

  /** Deletes every job, including the running one. */
  clear(): void {
    if (this.running !== undefined) this.engine.drop(this.running.work);
    this.running = undefined;
    this.waiting = [];
    this.entries.clear();
  }

  private next(from: number): void {
    if (this.running !== undefined) return;
    const entry = this.waiting.shift();
    if (entry === undefined) return;
    this.running = entry;
    entry.state = 'running';
    this.engine.start(entry.work, from);
  }

  private finish(entry: Entry, answer: Record<string, unknown>, at: number): void {
    entry.state = answer['status'] === 'failed' ? 'failed' : 'completed';
    entry.answer = answer;
    entry.endedAt = at;
    this.running = undefined;
    this.next(at);
  }

  /** Nonces of the waiting and running jobs. */
  heldNonces(): number {
    return [...this.waiting, ...(this.running ? [this.running] : [])].reduce(
      (sum, { size }) => sum + size,
      0,
    );
  }

  private forgetOld(): void {
    const limit = performance.now() - this.forgetAfterMs;
    for (const [id, { state, endedAt }] of this.entries) {
      if ((state === 'completed' || state === 'failed') && endedAt <= limit) this.entries.delete(id);
    }
  }
}
