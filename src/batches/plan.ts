/** A slice of the reference's nonces for one request. */
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
 * composition of the recording: the vectors depend on which nonces share a batch.
 *
 * @param count number of nonces
 * @param batchSize nonces per batch, ≥ 1
 */
export function planBatches(count: number, batchSize: number): Batch[] {
  const batches: Batch[] = [];
  for (let start = 0; start < count; start += batchSize) {
    batches.push({ index: batches.length, start, count: Math.min(batchSize, count - start) });
  }
  return batches;
}

/** A replica is tested with this many nonces, or with all where the reference has fewer. */
const ENOUGH_NONCES = 32;

/** How many nonces a replica has to answer, for a reference of `total` nonces. */
export function enoughNonces(total: number): number {
  return Math.min(ENOUGH_NONCES, total);
}

export type ProbeMode = 'queued' | 'wait' | 'whole';

/** Above it, a second waiting request per replica could exceed the node's time limit. */
export const LONGEST_DOUBLED_WAIT_MS = 20_000;

/** Two queued requests keep a replica busy between polls. More requests would only make the queue longer. */
export function requestsUnderWay(mode: ProbeMode, replicas: number, slowestMs: number): number {
  if (mode === 'whole') return 1;
  if (mode === 'queued') return 2 * replicas;
  return slowestMs > 0 && slowestMs < LONGEST_DOUBLED_WAIT_MS ? 2 * replicas : replicas;
}
