import type { ValidateReport } from '../run/report.js';

/**
 * Number of replicas that the run saw in any phase; null if it is not known. A node that was down at the
 * start has none in its preflight.
 */
export function replicaCount({ preflight, throughput, validation }: ValidateReport): number | null {
  const answering = validation?.replicas.filter(({ port }) => port !== null) ?? [];
  const most = Math.max(
    preflight?.replicas.length ?? 0,
    throughput?.summary.replicas.length ?? 0,
    answering.length,
  );
  return most === 0 ? null : most;
}
