import type { RunBatchesOptions } from '../../batches/run-batches.js';
import { smallest } from '../../extremes.js';
import type { MlNodeClient } from '../../mlnode/client.js';
import type { ThroughputReport } from '../../run/report.js';

/** An engine stands still when no job ends in the time of so many batches. */
const BATCHES = 10;
/** Nonces per second of the slowest engine on record, for a node that generated nothing. */
const SLOWEST_RATE = 27;
/** The time of one batch of 32 where it was not measured. */
const UNKNOWN_BATCH_MS = 6_000;
/**
 * The shortest limit where only other batches give the time of one: a replica may be slower than the others.
 */
const UNMEASURED_MS = 10_000;
/** The shortest limit, to allow for the network. */
const SHORTEST_MS = 5_000;

/**
 * The time after which a probe ends because the engine stands still: ten times the duration of a batch. The
 * duration follows from the measured throughput of the slowest replica, otherwise from the batches that were
 * answered.
 *
 * @param batchSize nonces of a full batch
 * @param knownBatchMs duration of a batch in an earlier phase; undefined where there was none
 */
export function stillLimit(
  node: MlNodeClient,
  throughput: ThroughputReport | null,
  batchSize: number,
  patience: number,
  knownBatchMs?: number,
): NonNullable<RunBatchesOptions<unknown>['still']> {
  const rates = throughput?.summary.replicas.map(({ mean }) => mean) ?? [];
  const moving = rates.filter((rate) => rate > 0);
  const slowest = moving.length > 0 ? smallest(moving) : SLOWEST_RATE;
  const measured = rates.length > 0 ? (1000 * batchSize) / slowest : undefined;
  const unknown = (patience * UNKNOWN_BATCH_MS * batchSize) / 32;
  return {
    limitMs(seen) {
      const batchMs = Math.max(measured ?? 0, seen ?? 0, knownBatchMs ?? 0);
      const least = patience * (measured === undefined ? UNMEASURED_MS : SHORTEST_MS);
      return Math.max(BATCHES * (batchMs > 0 ? batchMs : unknown), least);
    },
    async readCounters() {
      const { backends = [] } = await node.powStatus();
      return backends.reduce((sum, { stats }) => sum + (stats?.total_processed ?? 0), 0);
    },
  };
}
