import { type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import { AssayError } from '../../errors.js';
import { pause } from '../../http/retry.js';
import { lockFolder } from '../../journal/folder-lock.js';
import { leasePool } from '../../probe/pool.js';
import { within } from './bounded.js';
import { connectTo } from './connection.js';
import { withoutUserinfo } from './credentials.js';
import { acceptJob, PREFIX, queueName, workerName } from './job.js';
import { Leases } from './leases.js';
import { keepClean } from './old-runs.js';
import { outages } from './outages.js';
import type { RedisAddress } from './redis-address.js';
import { validateJob } from './validate-job.js';
import { progressThrough } from './work-progress.js';

export interface WorkerOptions {
  redis: RedisAddress;
  site: string;
  concurrency: number;
  /** Folder of the runs, from which a killed run is resumed and a finished result is sent again. */
  folder: string;
  /** A worker without renewal for this long loses its jobs to another. */
  leaseSeconds: number;
}

/** Limit of worker deaths per job; then the job fails. */
const MAX_DEATHS = 3;
/** A silent connection must be detected while the lease still has time left. */
const [LEAST_SILENCE_MS, MOST_SILENCE_MS] = [1000, 10_000];
/** Limit for disconnecting from a queue that may be unavailable. */
const CLOSE_MS = 3000;

/**
 * Validates the nodes of a site, job by job, until it is asked to stop. Then it stops the running validations
 * on their nodes and returns their jobs to the queue.
 */
export async function work(
  options: WorkerOptions,
  { signal, say }: { signal: AbortSignal; say(text: string): void },
): Promise<void> {
  const { redis, folder, leaseSeconds } = options;
  const unlock = await lockFolder(folder);
  const stopCleaning = await keepClean(folder, say);
  const outage = outages(redis, say);
  const connection = connectTo(redis, {
    silenceMs: Math.min(Math.max((1000 * leaseSeconds) / 3, LEAST_SILENCE_MS), MOST_SILENCE_MS),
    waits: true,
    onAnswer: () => outage.over(false),
  });
  // The lease is kept for the worker's lifetime, so that the probe's threads do not restart with every job.
  const pool = leasePool();
  const worker = new SiteWorker(options, { connection, outage, signal, say });
  try {
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    say('stopping: running jobs go back to the queue');
  } finally {
    await worker.close();
    stopCleaning();
    connection.end();
    await pool.release();
    await unlock();
  }
}

interface Surroundings {
  connection: ReturnType<typeof connectTo>;
  outage: ReturnType<typeof outages>;
  signal: AbortSignal;
  say(text: string): void;
}

/** Takes jobs of one site, and keeps a list of the jobs whose end the queue has not confirmed. */
class SiteWorker {
  readonly #options: WorkerOptions;
  readonly #around: Surroundings;
  readonly #leases: Leases;
  readonly #worker: Worker;
  readonly #running = new Set<Promise<unknown>>();
  /** Jobs whose end the queue has not confirmed. */
  readonly #untold = new Set<string | undefined>();
  #noMore: Promise<void> | undefined;

  constructor(options: WorkerOptions, around: Surroundings) {
    this.#options = options;
    this.#around = around;
    this.#leases = new Leases(1000 * options.leaseSeconds);
    this.#worker = this.#start();
  }

  /** Takes no more jobs, returns the running ones, and disconnects from the queue. */
  async close(): Promise<void> {
    await this.#worker.pause(true);
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
    const until = performance.now() + CLOSE_MS;
    while (this.#untold.size > 0 && performance.now() < until) await pause(20);
    // Forced: otherwise it would wait for a queue that is unavailable.
    await this.#worker.close(true);
    this.#leases.close();
  }

  #start(): Worker {
    const { site, concurrency, leaseSeconds } = this.#options;
    const { connection, outage } = this.#around;
    const leaseMs = 1000 * leaseSeconds;
    const worker = new Worker(queueName(site), (job, token) => this.#take(job, token), {
      prefix: PREFIX,
      connection: connection.redis,
      // It would write its own lines to stderr, which the check before the start says in our words.
      skipVersionCheck: true,
      name: workerName(),
      concurrency,
      lockDuration: leaseMs,
      stalledInterval: leaseMs / 2,
      maxStalledCount: MAX_DEATHS,
      // Jobs that ended while Redis was unavailable are reported soon after it is back.
      runRetryDelay: 2000,
    });
    connection.redis.on('error', outage.seen);
    worker.on('error', outage.seen);
    for (const end of ['completed', 'failed'] as const) {
      worker.on(end, (job: Job | undefined) => {
        this.#untold.delete(job?.id);
        outage.over();
      });
    }
    worker.on('locksRenewed', ({ jobIds }) => this.#leases.renewed(jobIds));
    worker.on('lockRenewalFailed', (jobIds) => this.#leases.lost(jobIds));
    return worker;
  }

  #take(job: Job, token?: string): Promise<unknown> {
    const run = this.#run(job, token);
    this.#running.add(run);
    this.#untold.add(job.id);
    return run.finally(() => this.#running.delete(run));
  }

  async #run(job: Job, token?: string): Promise<unknown> {
    const { folder } = this.#options;
    const { connection, signal, say } = this.#around;
    const accepted = withoutUserinfo(acceptJob(job.data));
    const lease = this.#leases.take(job.id as string);
    const both = AbortSignal.any([signal, lease.signal]);
    if (!both.aborted) say(`${accepted.node_id}: taken`);
    try {
      const { parcel, verdict } = await validateJob(accepted, folder, connection.redis, {
        events: progressThrough(job),
        signal: both,
      });
      if (!both.aborted) {
        say(`${accepted.node_id}: ${verdict}`);
        return parcel;
      }
    } catch (error) {
      if (!both.aborted) throw error instanceof AssayError ? new UnrecoverableError(error.line) : error;
    } finally {
      lease.release();
    }
    if (signal.aborted) await this.#takeNoMore();
    // Without the lease this worker may not return the job: another worker has it now.
    const isGiven = !lease.signal.aborted && (await within(CLOSE_MS, job.moveToWait(token)));
    say(`${accepted.node_id}: ${isGiven ? 'given back' : 'given up: another worker gets it'}`);
    this.#untold.delete(job.id);
    throw new WaitingError();
  }

  /** In particular, none of the jobs that this worker returns itself. */
  #takeNoMore(): Promise<void> {
    this.#noMore ??= this.#worker.pause(true).then(this.#around.connection.endCopies);
    return this.#noMore;
  }
}
