import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { messageOf } from '../errors.js';
import type { FaultReply } from '../mlnode/generate.js';
import { workerFile } from '../paths.js';
import type { FetchReply, FetchTask } from './tasks.js';

/** Requests that one worker thread has under way at a time: it mostly waits for the network. */
const TASKS_PER_WORKER = 256;
/** What a task may take beyond its own time limit before its thread counts as hung. */
const HUNG_AFTER_MS = 15_000;

let pool: Piscina<FetchTask, FetchReply> | undefined;
let users = 0;

/** A share in the process's one pool of probe workers. */
export interface PoolLease {
  /** A thread that dies or hangs is replaced, and its task's reply a fault: it may be run again. */
  run(task: FetchTask): Promise<FetchReply>;
  /** Gives the share back; the threads end with the last one. */
  release(): Promise<void>;
}

/**
 * Starts the probe workers, or shares those that run: many nodes are validated by one pool.
 *
 * @param patience multiplies the time after which a thread counts as hung
 */
export function leasePool(patience = 1): PoolLease {
  const threads = availableParallelism();
  pool ??= new Piscina({
    filename: workerFile,
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: TASKS_PER_WORKER,
    // Waiting on atomics would stop a worker's event loop, and with it the requests under way in it.
    atomics: 'disabled',
  });
  const leased = pool;
  users++;
  let released = false;
  return {
    run: (task) => runBounded(leased, task, patience * HUNG_AFTER_MS),
    async release() {
      if (released) return;
      released = true;
      users--;
      if (users > 0) return;
      pool = undefined;
      await leased.destroy();
    },
  };
}

async function runBounded(
  pool: Piscina<FetchTask, FetchReply>,
  task: FetchTask,
  hungAfterMs: number,
): Promise<FetchReply> {
  const hung = new AbortController();
  const timer = setTimeout(() => hung.abort(), task.timeoutMs + hungAfterMs);
  try {
    return await pool.run(task, { signal: hung.signal });
  } catch (error) {
    if (hung.signal.aborted) return threadFault('timed_out', 'a probe thread hung and was replaced');
    if (!THREAD_ENDED.test(messageOf(error))) throw error;
    return threadFault('broken', `a probe thread ended (${messageOf(error)}) and was replaced`);
  } finally {
    clearTimeout(timer);
  }
}

/** How the pool says that a thread went: by itself, or with a hung task beside this one. */
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
