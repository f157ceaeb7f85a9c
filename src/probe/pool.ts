import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { messageOf } from '../errors.js';
import { authorizationFor } from '../http/credentials.js';
import type { FaultReply } from '../mlnode/generate.js';
import { workerFile } from '../paths.js';
import type { FetchReply, FetchTask } from './tasks.js';

/**
 * More threads than are ever needed: a thread mostly waits for the network, and no request should wait for a
 * thread.
 */
const TASKS_PER_WORKER = 100_000;
/**
 * Below this many nonces, starting a second thread takes longer than it saves: `npm run bench --
 * validate-probe`.
 */
const WORTH_ALL_CORES = 4_000;
/** The time that a task may take after its own time limit before its thread counts as hung. */
const HUNG_AFTER_MS = 15_000;

type Threads = Piscina<FetchTask, FetchReply>;

let threads: Threads | undefined;
let threadCount = 0;
let users = 0;
/** Whether the running threads were given a task already. */
let isUsed = false;

/** What a share of the pool is used for. */
export interface PoolWish {
  /** How many nonces are measured; absent where it is not known, or for many nodes. */
  nonces?: number | undefined;
  /** Multiplies the time after which a thread counts as hung. */
  patience?: number | undefined;
}

/** A share of the process's one pool of probe workers. */
export interface PoolLease {
  /**
   * A thread that dies or hangs is replaced. The reply to its task is then a fault, and the task may be run
   * again.
   */
  run(task: FetchTask): Promise<FetchReply>;
  /** Returns the share; the threads end with the last share. */
  release(): Promise<void>;
}

/**
 * Starts the probe workers, or shares those that run: one pool serves the validation of many nodes. Threads
 * in use are shared without a change of their number, so a caller with many nodes takes one share for all of
 * them first. Threads that were started early, and are too few, are replaced.
 */
export function leasePool({ nonces = Number.POSITIVE_INFINITY, patience = 1 }: PoolWish = {}): PoolLease {
  const wanted = nonces < WORTH_ALL_CORES ? 1 : availableParallelism();
  if (threads === undefined) threadCount = wanted;
  threads ??= startThreads();
  if (wanted > threadCount && !isUsed) {
    threadCount = wanted;
    replace(threads);
  }
  users++;
  let released = false;
  return {
    async run(task) {
      if (released) return threadFault('broken', 'the probe is over');
      return runBounded(task, patience * HUNG_AFTER_MS);
    },
    async release() {
      if (released) return;
      released = true;
      users--;
      if (users === 0) await endThreads();
    },
  };
}

/**
 * Starts a thread before anybody has a share: it loads its code while this thread loads the rest of a command.
 * The first share takes it.
 *
 * @returns ends the thread if nobody took it
 */
export function startEarly(): () => Promise<void> {
  if (threads === undefined) threadCount = 1;
  threads ??= startThreads();
  return async () => {
    if (users === 0) await endThreads();
  };
}

async function endThreads(): Promise<void> {
  const last = threads;
  threads = undefined;
  await last?.destroy();
}

function startThreads(): Threads {
  isUsed = false;
  const started: Threads = new Piscina({
    filename: workerFile,
    minThreads: threadCount,
    maxThreads: threadCount,
    concurrentTasksPerWorker: TASKS_PER_WORKER,
    // Waiting on atomics would stop a worker's event loop, and all requests in progress in it.
    atomics: 'disabled',
  });
  // A late reply of a hung thread, or of a run that has ended: its caller already has an answer.
  started.on('error', () => {});
  return started;
}

/**
 * Runs a task, without a signal of its own. A task that can be aborted would need a thread for itself, and
 * every other task would wait for it.
 */
async function runBounded(task: FetchTask, hungAfterMs: number): Promise<FetchReply> {
  threads ??= startThreads();
  const own = threads;
  isUsed = true;
  let timer: NodeJS.Timeout | undefined;
  const hung = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, task.timeoutMs + hungAfterMs, undefined);
  });
  try {
    const reply = await Promise.race([own.run({ ...task, authorization: authorizationFor(task.url) }), hung]);
    if (reply !== undefined) return reply;
    replace(own);
    return threadFault('timed_out', 'a probe thread hung and was replaced');
  } catch (error) {
    if (!THREAD_ENDED.test(messageOf(error))) throw error;
    return threadFault('broken', `a probe thread ended (${messageOf(error)}) and was replaced`);
  } finally {
    clearTimeout(timer);
  }
}

/** Ends the threads, one of which hangs, and starts new ones. */
function replace(old: Threads): void {
  if (threads !== old) return;
  threads = startThreads();
  // Their unfinished tasks are reported as broken, each by its own reply.
  old.destroy().catch(() => {});
}

/** How the pool reports that a thread ended: by itself, or because another one hung. */
const THREAD_ENDED = /^(?:worker exited with code|Terminating worker thread)/;

function threadFault(outcome: FaultReply['outcome'], message: string): FaultReply {
  return {
    kind: 'fault',
    outcome,
    message,
    advice: 'try again; this machine may be short of memory',
    detail: '',
    status: undefined,
    retryAfterMs: undefined,
  };
}
