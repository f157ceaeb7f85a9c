import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { workerFile } from '../paths.js';
import type { FetchReply, FetchTask } from './tasks.js';

/** Requests that one worker thread has under way at a time: it mostly waits for the network. */
const TASKS_PER_WORKER = 64;

let pool: Piscina<FetchTask, FetchReply> | undefined;
let users = 0;

/** A share in the process's one pool of probe workers. */
export interface PoolLease {
  run(task: FetchTask): Promise<FetchReply>;
  /** Gives the share back; the threads end with the last one. */
  release(): Promise<void>;
}

/** Starts the probe workers, or shares those that run: many nodes are validated by one pool. */
export function leasePool(): PoolLease {
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
    run: (task) => leased.run(task),
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
