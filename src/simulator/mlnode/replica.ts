import { randomUUID } from 'node:crypto';
import { ApiError } from './api-error.js';
import { postArtifacts } from './callbacks.js';
import { Engine } from './engine.js';
import { Generation } from './generation.js';
import type { GoldenTable } from './golden-table.js';
import { type ImageFault, LATE_MS, SLOWDOWN } from './image-faults.js';
import { Job, type JobContext } from './job.js';
import type { Profile } from './profiles/profile.js';
import { JobQueue } from './queue.js';
import type { GenerateRequest, InitGenerateRequest } from './requests.js';

export interface ReplicaOptions {
  port: number;
  profile: Profile;
  /** The model that the replica serves. */
  model: string;
  golden: GoldenTable;
  batchTimeMs: number;
  defaultBatchSize: number;
  imageFaults: readonly ImageFault[];
  forgetAfterMs: number;
  /** When the node adds it to the rotation, a time of `performance.now()`. */
  joinsAt: number;
}

/** One vLLM engine behind the node: it computes, queues and generates. Every error is an ApiError. */
export class Replica {
  readonly port: number;
  readonly joinsAt: number;
  /** Whether it answers health probes. */
  healthy = true;
  /** Set: `pow/status` shows it as an error with this detail. */
  trouble: string | undefined;
  /** When its process ended. */
  goneAt: number | undefined;

  private readonly engine: Engine;
  private readonly queue: JobQueue;
  private generation: Generation | undefined;
  private lastGeneration: Generation | undefined;
  /** Stops the posting of a generation's artifacts to a callback URL. */
  private posting: AbortController | undefined;
  private readonly jobContext: JobContext;
  private readonly hangUps = new Set<(error: ApiError) => void>();
  private jobs = 0;
  private generations = 0;

  constructor(private readonly options: ReplicaOptions) {
    const { profile, golden, model, defaultBatchSize } = options;
    this.port = options.port;
    this.joinsAt = options.joinsAt;
    this.engine = new Engine(options.batchTimeMs * (profile.batchTimeFactor ?? 1));
    this.queue = new JobQueue(this.engine, options.forgetAfterMs);
    this.jobContext = { profile, golden, model, defaultBatchSize };
  }

  get model(): string {
    return this.options.model;
  }

  /** Whether it misses the health probe of this pass. */
  missesProbe(pass: number): boolean {
    return !this.healthy || (this.options.profile.missesProbe?.(pass, this.port) ?? false);
  }

  get knowsDecode(): boolean {
    return this.options.profile.decode !== undefined;
  }

  get generating(): boolean {
    return this.generation !== undefined;
  }

  /** Whether it was in continuous generation at a given recent time. */
  generatedAt(time: number): boolean {
    const generation = this.generation ?? this.lastGeneration;
    return generation !== undefined && generation.startedAt <= time && time < generation.endedAt;
  }

  /** Its entry in `pow/status`. */
  status(): { status: string; [key: string]: unknown } {
    this.requireAlive();
    if (this.trouble !== undefined) return { status: 'ERROR', detail: this.trouble };
    if (this.generation === undefined) return { status: 'IDLE', config: null, stats: null };
    return { status: 'GENERATING', ...this.generation.describe() };
  }

  startGeneration(request: InitGenerateRequest, group: { id: number; of: number }): void {
    this.requireAlive();
    this.requireParams(request);
    if (this.generation !== undefined) throw new ApiError(409, 'Already generating');
    const batchSize = request.batch_size ?? this.options.defaultBatchSize;
    const { imageFaults } = this.options;
    const slowdown = imageFaults.includes('slows-down') ? SLOWDOWN ** this.generations : 1;
    const lateMs = imageFaults.includes('starts-late') ? LATE_MS : 0;
    this.generations++;
    const batchTimeMs = slowdown * this.engine.batchTimeMs;
    this.generation = new Generation(request, group, batchSize, batchTimeMs, lateMs);
    this.engine.hold();
    if (!request.url) return;
    this.posting = new AbortController();
    const context = { ...this.jobContext, batchSize, batchTimeMs };
    void postArtifacts({ ...request, url: request.url }, group, context, this.posting.signal);
  }

  get queuedNonces(): number {
    return this.queue.heldNonces();
  }

  /** Ends generation and deletes all queued jobs of all callers. */
  stop(): void {
    this.requireAlive();
    this.engine.advance();
    this.queue.clear();
    this.endGeneration();
    this.engine.release();
  }

  /** Queues a request and returns its id. */
  enqueue(request: GenerateRequest): string {
    this.requireAlive();
    this.requireParams(request);
    this.requireSameNonces(request);
    this.engine.advance();
    const fails = this.nextJobFails() || request.batch_size === 0;
    return this.queue.add({
      size: request.nonces.length,
      work: (finish) =>
        new Job(request, this.jobContext, (answer, at) => finish(fails ? { status: 'failed' } : answer, at)),
    });
  }

  /** The state of a queued request. */
  jobState(id: string): Record<string, unknown> {
    this.requireAlive();
    this.engine.advance();
    return this.queue.state(id);
  }

  /** Computes a request at once; it takes turns with other running work. */
  async compute(request: GenerateRequest): Promise<Record<string, unknown>> {
    this.requireAlive();
    this.requireParams(request);
    this.requireSameNonces(request);
    if (request.batch_size === 0) throw new ApiError(500, 'Internal Server Error');
    this.engine.advance();
    if (this.nextJobFails()) throw new ApiError(503, 'Timeout after 60.0s');
    return new Promise((resolve, reject) => {
      this.hangUps.add(reject);
      this.engine.start(
        new Job(request, this.jobContext, (answer) => {
          this.hangUps.delete(reject);
          resolve({ ...answer, request_id: randomUUID() });
        }),
      );
    });
  }

  /** Ends its process: its jobs are lost, and requests that wait for it get an error. */
  kill(): void {
    this.goneAt ??= performance.now();
    this.forgetEverything();
  }

  /** Starts its process again, empty. */
  revive(): void {
    this.forgetEverything();
    this.goneAt = undefined;
  }

  private forgetEverything(): void {
    this.engine.reset();
    this.queue.clear();
    this.endGeneration();
    for (const hangUp of this.hangUps)
      hangUp(new ApiError(502, 'Server disconnected without sending a response.'));
    this.hangUps.clear();
  }

  private endGeneration(): void {
    this.posting?.abort();
    if (this.generation === undefined) return;
    this.generation.endedAt = performance.now();
    this.lastGeneration = this.generation;
    this.generation = undefined;
  }

  private nextJobFails(): boolean {
    return this.options.profile.failsJob?.(this.jobs++) ?? false;
  }

  private requireAlive(): void {
    if (this.goneAt !== undefined) throw new ApiError(502, 'All connection attempts failed');
  }

  private requireParams({ params: { model, seq_len, k_dim } }: InitGenerateRequest | GenerateRequest): void {
    if (model === this.model) return;
    throw new ApiError(409, {
      error: 'params mismatch',
      requested: { model, seq_len, k_dim },
      deployed: { model: [this.model], seq_len: null, k_dim: null },
    });
  }

  private requireSameNonces({ nonces, validation }: GenerateRequest): void {
    if (!validation) return;
    const wanted = new Set(nonces);
    const given = new Set(validation.artifacts.map(({ nonce }) => nonce));
    if (wanted.size !== given.size || ![...wanted].every((nonce) => given.has(nonce))) {
      throw new ApiError(400, 'validation.artifacts nonces must match nonces field');
    }
  }
}
