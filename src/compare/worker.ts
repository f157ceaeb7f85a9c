/** The work of a comparison's worker thread; started by path, see threads.ts. */
import { AssayError } from '../errors.js';
import { summariseLarge } from '../vectors/large-summary.js';
import type { Summary } from '../vectors/summary.js';
import { type MeasureJob, measureRows } from './measure.js';
import { readVectors, type VectorSet } from './vector-set.js';

/** An AssayError as plain data, since its class is lost between threads. */
export interface Refusal {
  refusal: { message: string; advice: string | undefined };
}

export async function read({ path, model }: { path: string; model?: string }): Promise<VectorSet | Refusal> {
  try {
    return await readVectors(path, model);
  } catch (error) {
    if (error instanceof AssayError) return { refusal: { message: error.message, advice: error.advice } };
    throw error;
  }
}

export function measure(job: MeasureJob): void {
  measureRows(job);
}

export function summary(values: Float64Array): Summary | null {
  return summariseLarge(values);
}
