/** A slice of the reference's nonces that is asked for in one request. */
export interface Batch {
  /** Position in the plan, from 0. */
  index: number;
  /** First row of the reference, from 0. */
  start: number;
  count: number;
}

/** The batch size of the recording script, and of most nodes when none is sent. */
export const DEFAULT_BATCH_SIZE = 32;

/**
 * Splits the reference's rows at multiples of the batch size, in order, so that every batch has the
 * composition that it was recorded with: numerics depend on which nonces share a batch.
 *
 * @param count number of nonces
 * @param batchSize nonces a batch, ≥ 1
 */
export function planBatches(count: number, batchSize: number): Batch[] {
  const batches: Batch[] = [];
  for (let start = 0; start < count; start += batchSize) {
    batches.push({ index: batches.length, start, count: Math.min(batchSize, count - start) });
  }
  return batches;
}
