import { type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import { AssayError } from '../../errors.js';
import { pause } from '../../http/retry.js';
import { lockFolder } from '../../journal/folder-lock.js';
import { leasePool } from '../../probe/pool.js';
import { within } from './bounded.js';
import { connectTo } from './connection.js';
import { type Credentials, fill } from './credentials.js';
import { acceptJob, PREFIX, queueName, workerName } from './job.js';
import { Leases } from './leases.js';
import { keepClean } from './old-runs.js';
import { outages } from './outages.js';
import type { RedisAddress } from './redis-address.js';
import { validateJob } from './validate-job.js';

export interface WorkerOptions {
  redis: RedisAddress;
  site: string;
  concurrency: number;
  /** Where runs are written, so that a killed one is taken up and a finished one is told again. */
  folder: string;
  /** A worker that is silent for so long has lost its jobs to another. */
  leaseSeconds: number;
  /** Of the nodes that ask for some. */
  credentials?: Credentials;
}

/** A worker that dies with a job so often takes the job with it. */
const MAX_DEATHS = 3;
/** A silent line is to be found out while there is time left in the lease. */
const [LEAST_SILENCE_MS, MOST_SILENCE_MS] = [1000, 10_000];
/** For taking leave of a queue that may be away. */
const CLOSE_MS = 3000;

/**
 * Validates the nodes of a site as the queue hands them out, until it is asked to stop: what is under way is
 * then stopped on its node and handed back.
 */
export async function work(
  { redis, site, concurrency, folder, leaseSeconds, credentials = new Map() }: WorkerOptions,
  { signal, say }: { signal: AbortSignal; say(text: string): void },
): Promise<void> {
  const unlock = await lockFolder(folder);
  const stopCleaning = await keepClean(folder, say);
  const leaseMs = leaseSeconds * 1000;
  const outage = outages(redis, say);
  const connection = connectTo(redis, {
    silenceMs: Math.min(Math.max(leaseMs / 3, LEAST_SILENCE_MS), MOST_SILENCE_MS),
    waits: true,
    onAnswer: () => outage.over(false),
  });
  const leases = new Leases(leaseMs);
  // Held throughout, so that the probe's threads do not start anew with every job.
  const pool = leasePool();

  const runJob = async (job: Job, token?: string) => {
    const accepted = fill(acceptJob(job.data), credentials);
    const lease = leases.take(job.id as string);
    const both = AbortSignal.any([signal, lease.signal]);
    if (!both.aborted) say(`${accepted.node_id}: taken`);
    try {
      const { parcel, verdict } = await validateJob(accepted, folder, connection.redis, both);
      if (!both.aborted) {
        say(`${accepted.node_id}: ${verdict}`);
        return parcel;
      }
    } catch (error) {
      if (!both.aborted) throw error instanceof AssayError ? new UnrecoverableError(error.line) : error;
    } finally {
      lease.release();
    }
    if (signal.aborted) await takeNoMore();
    // Without the lease it is not ours to give: whoever has it now goes on.
    const isGiven = !lease.signal.aborted && (await within(CLOSE_MS, job.moveToWait(token)));
    say(`${accepted.node_id}: ${isGiven ? 'given back' : 'given up: the queue gives it to another worker'}`);
    untold.delete(job.id);
    throw new WaitingError();
  };

  const running = new Set<Promise<unknown>>();
  /** Jobs whose end the queue has not heard of. */
  const untold = new Set<string | undefined>();
  const worker = new Worker(
    queueName(site),
    (job, token) => {
      const run = runJob(job, token);
      running.add(run);
      untold.add(job.id);
      return run.finally(() => running.delete(run));
    },
    {
      prefix: PREFIX,
      connection: connection.redis,
      name: workerName(),
      concurrency,
      lockDuration: leaseMs,
      stalledInterval: leaseMs / 2,
      maxStalledCount: MAX_DEATHS,
      // What came to its end while Redis was away is told to it soon after it is back.
      runRetryDelay: 2000,
    },
  );
  let noMore: Promise<void> | undefined;
  /** Least of all what this worker hands back itself. */
  const takeNoMore = () => {
    noMore ??= worker.pause(true).then(connection.endCopies);
    return noMore;
  };
  connection.redis.on('error', outage.seen);
  worker.on('error', outage.seen);
  for (const end of ['completed', 'failed'] as const) {
    worker.on(end, (job: Job | undefined) => {
      untold.delete(job?.id);
      outage.over();
    });
  }
  worker.on('locksRenewed', ({ jobIds }) => leases.renewed(jobIds));
  worker.on('lockRenewalFailed', (jobIds) => leases.lost(jobIds));
  try {
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    say('stopping: what is under way is handed back');
  } finally {
    // Takes nothing more, least of all what it hands back itself.

    await worker.pause(true);
    while (running.size > 0) await Promise.allSettled(running);
    const until = performance.now() + CLOSE_MS;
    while (untold.size > 0 && performance.now() < until) await pause(20);
    // By force: otherwise it would wait for a queue that is away.
    await worker.close(true);
    leases.close();
    stopCleaning();
    connection.end();
    await pool.release();
    await unlock();
  }
}
