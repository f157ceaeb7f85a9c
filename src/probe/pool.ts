import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { messageOf } from '../errors.js';
import { authorizationFor } from '../http/credentials.js';
import type { FaultReply } from '../mlnode/generate.js';
import { workerFile } from '../paths.js';
import type { FetchReply, FetchTask } from './tasks.js';

/** More than there can be: a thread mostly waits for the network, and no request is to wait for a thread. */
const TASKS_PER_WORKER = 100_000;
/** Below this many nonces a second thread takes longer to start than it saves: `npm run bench -- validate-probe`. */
const WORTH_ALL_CORES = 4_000;
/** What a task may take beyond its own time limit before its thread counts as hung. */
const HUNG_AFTER_MS = 15_000;

type Threads = Piscina<FetchTask, FetchReply>;

let threads: Threads | undefined;
let threadCount = 0;
let users = 0;

/** What a share in the pool is wanted for. */
export interface PoolWish {
  /** How many nonces are to be measured; left out where it is not known, or for many nodes. */
  nonces?: number | undefined;
  /** Multiplies the time after which a thread counts as hung. */
  patience?: number | undefined;
}

/** A share in the process's one pool of probe workers. */
export interface PoolLease {
  /** A thread that dies or hangs is replaced, and the reply to what it had under way a fault: it may be run again. */
  run(task: FetchTask): Promise<FetchReply>;
  /** Gives the share back; the threads end with the last one. */
  release(): Promise<void>;
}

/**
 * Starts the probe workers, or shares those that run: many nodes are validated by one pool.
 * Threads that run already are shared as they are: who probes many nodes takes a lease for all of them first.
 */
export function leasePool({ nonces = Number.POSITIVE_INFINITY, patience = 1 }: PoolWish = {}): PoolLease {
  if (threads === undefined) threadCount = nonces < WORTH_ALL_CORES ? 1 : availableParallelism();
  threads ??= startThreads();
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
      if (users > 0) return;
      const last = threads;
      threads = undefined;
      await last?.destroy();
    },
  };
}

function startThreads(): Threads {
  const started: Threads = new Piscina({
    filename: workerFile,
    minThreads: threadCount,
    maxThreads: threadCount,
    concurrentTasksPerWorker: TASKS_PER_WORKER,
    // Waiting on atomics would stop a worker's event loop, and with it the requests under way in it.
    atomics: 'disabled',
  });
  // A late reply of a thread that counts as hung, or of a run that is over: who asked for it has an answer already.
  started.on('error', () => {});
  return started;
}

/**
 * Runs a task, without a signal of its own: a task that can be aborted would have its thread to itself, and every
 * other one would wait for it.
 */
async function runBounded(task: FetchTask, hungAfterMs: number): Promise<FetchReply> {
  threads ??= startThreads();
  const own = threads;
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

/** Ends the threads, one of which hangs, and starts others in their place. */
function replace(old: Threads): void {
  if (threads !== old) return;
  threads = startThreads();
  // What they had under way is told as broken, each by its own reply.
  old.destroy().catch(() => {});
}

/** How the pool says that a thread went: by itself, or beside one that hung. */
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
