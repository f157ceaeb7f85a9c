import { join } from 'node:path';
import { Job, type Queue } from 'bullmq';
import { AssayError } from '../../errors.js';
import type { GoldenReference } from '../../golden/reference.js';
import { pause } from '../../http/retry.js';
import type { ValidateReport } from '../../run/report.js';
import type { Doing } from '../model.js';
import { unlessAborted, within } from './bounded.js';
import type { QueuedTask } from './job.js';
import { judgeResult } from './judge-result.js';
import { MAX_PARCEL_LENGTH, unpackRun } from './parcel.js';
import { queueError } from './redis.js';
import type { RedisAddress } from './redis-address.js';
import type { Sites } from './sites.js';

const LOOK_MS = 500;
/** Waiting jobs that one poll checks, over all sites. */
const WAITING_A_LOOK = 50;
/** Limit for removing jobs from a queue that may be unavailable, in milliseconds. */
const WITHDRAW_MS = 3000;

/** Called with a worker's progress on a node; null: no worker has its job. */
export type OnWork = (nodeId: string, work: Doing | null) => void;

interface GatherOptions {
  redis: RedisAddress;
  sites: Sites;
  /** The fleet's folder. */
  folder: string;
  /** How long to wait for a worker of a site that has none, in milliseconds. */
  workerWaitMs: number;
  /** How long the queue may be unavailable, in milliseconds. */
  outageMs: number;
  /** Puts a job, and the data that it needs, into the queue; does nothing if the job is there. */
  enqueue(task: QueuedTask): Promise<void>;
  /** Called once per node: with its report, or with the reason why there is none. */
  settled(task: QueuedTask, outcome: { report: ValidateReport } | { error: unknown }): void;
  /** Called at each poll with the workers' progress on each node. */
  onWork: OnWork | undefined;
  outage: { seen(error: unknown): void; over(): void };
  signal: AbortSignal;
  /** The reference with this digest. */
  goldenOf(sha256: string): GoldenReference;
  /** Runs the calls one after the other. */
  oneAtATime<T>(call: () => Promise<T>): Promise<T>;
}

/**
 * Gathers results when they are ready, and writes each into its run folder before it leaves the queue. A job
 * that the queue has lost is put there again: its worker still has its measurements.
 *
 * @throws AssayError when the queue is unavailable for too long, and the interruption if there is one
 */
export async function gatherResults(tasks: QueuedTask[], options: GatherOptions): Promise<void> {
  const { redis, outage, outageMs, signal } = options;
  const pending = new Set(tasks);
  let lastAnswer = performance.now();
  let looked: Looked = { active: new Set(), turn: 0 };
  try {
    while (pending.size > 0) {
      try {
        looked = await unlessAborted(signal, lookAtAll(pending, looked, options));
        lastAnswer = performance.now();
        outage.over();
      } catch (error) {
        if (signal.aborted || error instanceof AssayError) throw error;
        outage.seen(error);
        if (performance.now() - lastAnswer > outageMs) throw awayTooLong(error, redis, outageMs);
      }
      if (pending.size > 0) await pause(LOOK_MS, signal);
    }
  } finally {
    // Results of a poll that still runs are left for --resume.
    pending.clear();
  }
}

function awayTooLong(error: unknown, redis: RedisAddress, outageMs: number): AssayError {
  const { message } = queueError(error, redis);
  return new AssayError(`${message}, for ${Math.round(outageMs / 1000)} s`, {
    advice: 'no result is lost: gather them with --resume when it is back',
  });
}

/** State that one poll passes to the next. */
interface Looked {
  /** Jobs that workers had at the last poll. */
  active: ReadonlySet<string>;
  /** Number of waiting jobs checked so far. */
  turn: number;
}

/**
 * Checks the active jobs, the jobs that were active, the jobs with a result, and some of the waiting jobs. A
 * waiting job is checked only to find out whether the queue has lost it. So a poll costs the same for any
 * number of waiting jobs.
 */
async function lookAtAll(pending: Set<QueuedTask>, before: Looked, options: GatherOptions): Promise<Looked> {
  const names = [...new Set([...pending].map(({ node }) => node.site))];
  const lists = await Promise.all(names.map((site) => options.sites.underWay(site)));
  const active = new Set(lists.flatMap((list) => list.active));
  const near = new Set([...active, ...before.active, ...lists.flatMap((list) => list.finished)]);
  const waiting = [...pending].filter(({ jobId }) => !near.has(jobId));
  const turn = before.turn % Math.max(1, waiting.length);
  const some = [...waiting.slice(turn), ...waiting.slice(0, turn)].slice(0, WAITING_A_LOOK);
  const tasks = [...[...pending].filter(({ jobId }) => near.has(jobId)), ...some];
  await Promise.all(tasks.map((task) => look(task, pending, active, options)));
  await giveUpOn(await options.sites.deserted([...pending], options.workerWaitMs), pending, options);
  return { active, turn: turn + some.length };
}

async function look(
  task: QueuedTask,
  pending: Set<QueuedTask>,
  active: ReadonlySet<string>,
  options: GatherOptions,
): Promise<void> {
  const { site } = task.node;
  const state = await options.sites.stateOf(site, task.jobId);
  if (state === undefined) {
    await options.enqueue(task);
    return;
  }
  if (state.processedOn !== undefined) options.sites.active(site, state.processedOn);
  const isHeld = active.has(task.jobId) && state.isLeased && !state.isFinished;
  options.onWork?.(task.node.id, isHeld ? (state.progress ?? { phase: 'taken', progress: null }) : null);
  if (state.isFinished) await options.oneAtATime(() => take(task, state.resultLength, pending, options));
}

/** Takes a result out of the queue. Results are large: only one is in memory at a time. */
async function take(
  task: QueuedTask,
  resultLength: number,
  pending: Set<QueuedTask>,
  options: GatherOptions,
): Promise<void> {
  if (!pending.has(task)) return;
  const queue = options.sites.queue(task.node.site);
  const isTooLarge = resultLength > MAX_PARCEL_LENGTH;
  const job = isTooLarge ? undefined : await Job.fromId(queue, task.jobId);
  if (job === undefined && !isTooLarge) return;
  const outcome =
    job === undefined
      ? { error: new AssayError(`a worker sent a result of ${resultLength} bytes, which no run has`) }
      : await outcomeOf(task, job, options);
  if (!pending.delete(task)) return;
  options.settled(task, outcome);
  // Removed only now: after a kill before this, --resume finds the result in the queue.
  await queue.remove(task.jobId).catch(() => {});
}

async function outcomeOf(
  { folder, job, ownBaseline }: QueuedTask,
  { failedReason, returnvalue }: Job,
  { folder: fleetFolder, goldenOf }: GatherOptions,
): Promise<{ report: ValidateReport } | { error: unknown }> {
  if (failedReason !== undefined && failedReason !== '')
    return { error: new AssayError(reasonOf(failedReason)) };
  try {
    const judged = (arrived: string) =>
      judgeResult(arrived, job, goldenOf(job.reference_sha256), ownBaseline);
    return { report: await unpackRun(returnvalue, join(fleetFolder, folder), judged) };
  } catch (error) {
    return { error };
  }
}

/** BullMQ's error for a job during which its workers died too often. */
function reasonOf(failedReason: string): string {
  return /stalled more than allowable limit/.test(failedReason)
    ? 'several workers were lost with this job'
    : failedReason;
}

async function giveUpOn(
  tasks: QueuedTask[],
  pending: Set<QueuedTask>,
  { sites, workerWaitMs, settled }: GatherOptions,
): Promise<void> {
  for (const task of tasks) {
    const { site } = task.node;
    await sites.queue(site).remove(task.jobId);
    pending.delete(task);
    const error = new AssayError(
      `no worker of site ${site} took it for ${Math.round(workerWaitMs / 1000)} s`,
      { advice: `start \`assay fleet worker --site ${site}\` there, or wait longer with --worker-wait` },
    );
    settled(task, { error });
  }
}

/** Removes the jobs from the queue that no worker has started. */
export async function withdraw(tasks: QueuedTask[], sites: Pick<Sites, 'queue'>): Promise<void> {
  const removals = tasks.map(async ({ node, jobId }) => {
    const queue: Queue = sites.queue(node.site);
    // An active job is locked, and is left for --resume.
    await queue.remove(jobId).catch(() => {});
  });
  await within(WITHDRAW_MS, Promise.all(removals));
}
