import type { RunBatchesOptions } from '../../batches/run-batches.js';
import type { MlNodeClient } from '../../mlnode/client.js';
import type { ThroughputReport } from '../../run/report.js';

/** An engine stands still when it ends nothing in the time of so many batches. */
const BATCHES = 10;
/** Nonces per second of the slowest engine on record, for a node that generated nothing. */
const SLOWEST_RATE = 27;
/** What one batch of 32 may take where nobody measured it. */
const UNKNOWN_BATCH_MS = 6_000;
/** The least time, where only other batches tell what one takes: a replica may be slower than the others. */
const UNMEASURED_MS = 10_000;
/** The least time, for what the network adds. */
const SHORTEST_MS = 5_000;

/**
 * When a probe ends because the engine stands still: ten times what a batch should take by the measured
 * throughput of the slowest replica, else by the batches that came back.
 *
 * @param batchSize nonces of a full batch
 * @param knownBatchMs what a batch took in an earlier phase; undefined where none did
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
  const slowest = moving.length > 0 ? Math.min(...moving) : SLOWEST_RATE;
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
