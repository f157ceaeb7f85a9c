import type { Observation } from '../probe/observation.js';
import type { ReplicaReport, ValidationReport } from '../report/model.js';
import { decodeVector, UndecodableVector } from '../vectors/codec.js';
import { l2Distance } from '../vectors/distance.js';
import { summarise } from '../vectors/summary.js';
import { type HonestBand, outsideBand } from './distribution.js';
import { distancesOf, finiteL2, groupBy, tally } from './measurements.js';
import type { StatTestParams } from './stat-test.js';

/** Observations of each replica, by port; those that no replica is known for come first, under null. */
export function byReplica(observations: Observation[]): Map<number | null, Observation[]> {
  const groups = groupBy(observations, ({ replica }) => replica);
  return new Map([...groups].sort(([a], [b]) => (a ?? -1) - (b ?? -1)));
}

/**
 * Each replica's own test. The fraud threshold is shared among the replicas, so that an honest node of many
 * replicas fails no oftener than one of a single one.
 */
export function replicaReports(
  observations: Observation[],
  params: StatTestParams,
  band: HonestBand,
): ReplicaReport[] {
  const groups = byReplica(observations);
  const shared = { ...params, fraudThreshold: params.fraudThreshold / groups.size };
  return [...groups].map(([port, own]) => {
    const { mismatch_nonces: _, ...tested } = tally(own, shared);
    return {
      port,
      ...tested,
      distances: distancesOf(own),
      far_outside: outsideBand(finiteL2(own), band) !== null,
    };
  });
}

/** L2 distances between replicas that computed the same nonce; null when no two did. */
export function replicaDisagreement(observations: Observation[]): ValidationReport['replica_disagreement'] {
  const distances: (number | null)[] = [];
  for (const same of groupBy(observations, ({ nonce }) => nonce).values()) {
    const vectors = same.map(({ vector_b64 }) => decoded(vector_b64)).filter((vector) => vector !== null);
    vectors.forEach((vector, index) => {
      for (const other of vectors.slice(index + 1)) {
        if (other.length === vector.length) distances.push(l2Distance(vector, other));
      }
    });
  }
  const summary = summarise(distances);
  return summary === null ? null : { mean_l2: summary.mean, max_l2: summary.max };
}

/** The vector, whatever its dimension; null for text that is none. */
export function decoded(vectorB64: string | null): Float32Array | null {
  if (vectorB64 === null) return null;
  try {
    return decodeVector(vectorB64, Math.floor(Buffer.byteLength(vectorB64, 'base64') / 2));
  } catch (error) {
    if (error instanceof UndecodableVector) return null;
    throw error;
  }
}
