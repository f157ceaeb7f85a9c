import { availableParallelism } from 'node:os';
import type { Piscina } from 'piscina';
import { AssayError } from '../errors.js';
import { compareWorkerFile } from '../paths.js';
import type { Summary } from '../vectors/summary.js';
import { type MeasureJob, measureRows } from './measure.js';
import { readVectors, type VectorSet } from './vector-set.js';
import type { Refusal } from './worker.js';

/** The three expensive steps of a comparison, on this thread or on worker threads. */
export interface Steps {
  /** @param model the model name to use, independent of the file */
  read(path: string, model?: string): Promise<VectorSet>;
  measure(job: MeasureJob): Promise<void>;
  summarise(values: Float64Array): Promise<Summary | null>;
}

/** Below this size, starting threads takes longer than the work. */
const BYTES_WORTH_THREADS = 8 * 2 ** 20;

/**
 * Runs a comparison with its steps on this thread, or distributed over worker threads when the files are
 * large.
 *
 * @param bytes total size of the files
 */
export async function withSteps<T>(bytes: number, work: (steps: Steps) => Promise<T>): Promise<T> {
  if (bytes < BYTES_WORTH_THREADS) return work(here);
  const threads = Math.max(2, availableParallelism());
  const { Piscina: Pool } = await import('piscina');
  const pool = new Pool({
    filename: compareWorkerFile,
    // Without a name that the file has, each thread would load it a second time, as an ES module.
    name: 'read',
    minThreads: 2,
    maxThreads: threads,
  });
  try {
    return await work(onThreads(pool, threads));
  } finally {
    await pool.destroy();
  }
}

const here: Steps = {
  read: readVectors,
  measure: async (job) => measureRows(job),
  summarise: async (values) => (await import('../vectors/summary.js')).summarise(values),
};

function onThreads(pool: Piscina, threads: number): Steps {
  return {
    async read(path, model) {
      const set: VectorSet | Refusal = await pool.run({ path, model }, { name: 'read' });
      if (!('refusal' in set)) return set;
      const { message, advice } = set.refusal;
      throw new AssayError(message, advice === undefined ? {} : { advice });
    },
    async measure(job) {
      const size = Math.ceil(job.aRows.length / threads);
      const parts = Array.from({ length: threads }, (_, part) =>
        sliceJob(job, part * size, (part + 1) * size),
      );
      await Promise.all(parts.map((part) => pool.run(part, { name: 'measure' })));
    },
    summarise: (values) => pool.run(values, { name: 'summary' }),
  };
}

/** The pairs from one index up to another, as views on the same memory. */
function sliceJob(job: MeasureJob, from: number, to: number): MeasureJob {
  return {
    ...job,
    aRows: job.aRows.subarray(from, to),
    bRows: job.bRows.subarray(from, to),
    l2: job.l2.subarray(from, to),
    cosine: job.cosine.subarray(from, to),
  };
}
