import type { Observation } from '../run/observation.js';
import type { ReplicaReport, ValidationReport } from '../run/report.js';
import { groupBy } from '../text/group-by.js';
import { l2Distance } from '../vectors/distance.js';
import { summarise } from '../vectors/summary.js';
import { byReplica, decoded, distancesOf, tally } from './measurements.js';
import type { StatTestParams } from './stat-test.js';

/**
 * Each replica's own test. The fraud threshold is divided by the number of replicas, so that an honest node
 * with many replicas fails no more often than a node with one.
 *
 * @param isOutside whether the distances of a part are far outside the honest band, given how many parts are
 *   judged
 * @param seen ports in rotation: such a replica stays in the report even when it answered nothing
 */
export function replicaReports(
  observations: Observation[],
  params: StatTestParams,
  isOutside: (own: Observation[], parts: number) => boolean,
  seen: number[],
): ReplicaReport[] {
  const answered = byReplica(observations);
  const isNameless = [...answered.keys()].every((port) => port === null);
  const silent = isNameless && answered.size > 0 ? [] : seen.filter((port) => !answered.has(port));
  const groups = [...answered, ...silent.map((port) => [port, []] as [number, Observation[]])].sort(
    ([a], [b]) => (a ?? -1) - (b ?? -1),
  );
  const shared = { ...params, fraudThreshold: params.fraudThreshold / groups.length };
  return groups.map(([port, own]) => {
    const { mismatch_nonces: _, ...tested } = tally(own, shared);
    return {
      port,
      ...tested,
      distances: distancesOf(own),
      far_outside: isOutside(own, groups.length + 1),
    };
  });
}

/** Distances between replicas that computed the same nonce; null when no two replicas did. */
export function replicaDisagreement(observations: Observation[]): ValidationReport['replica_disagreement'] {
  const summary = summarise([...pairDistances(observations).values()].flat());
  return summary === null ? null : { mean_l2: summary.mean, max_l2: summary.max };
}

/**
 * Up to so many replicas, each pair is compared. Above it, work and memory grow with replicas and not with
 * pairs.
 */
const ALL_PAIRS_UP_TO = 8;

/**
 * L2 distances between the vectors of two replicas for one nonce, by the names of the two. With many
 * replicas, each is compared with the next two by port, in a ring. A faulty replica then differs from all
 * four of its neighbours.
 */
export function pairDistances(observations: Observation[]): Map<string, number[]> {
  const byNames = new Map<string, number[]>();
  for (const same of groupBy(observations, ({ nonce }) => nonce).values()) {
    const vectors = same
      .flatMap(({ replica, vector_b64 }) => {
        const vector = decoded(vector_b64);
        return vector === null ? [] : [{ replica, vector }];
      })
      .sort((one, other) => (one.replica ?? 0) - (other.replica ?? 0));
    for (const [a, b] of pairsOf(vectors)) {
      if (a.vector.length !== b.vector.length) continue;
      const distance = l2Distance(a.vector, b.vector);
      if (distance === null) continue;
      const names = `${a.replica} and ${b.replica}`;
      const own = byNames.get(names);
      if (own === undefined) byNames.set(names, [distance]);
      else own.push(distance);
    }
  }
  return byNames;
}

function pairsOf<T>(all: T[]): [T, T][] {
  return all.flatMap((one, at) => {
    const others =
      all.length <= ALL_PAIRS_UP_TO
        ? all.slice(at + 1)
        : [1, 2].map((step) => all[(at + step) % all.length] as T);
    return others.map((other): [T, T] => [one, other]);
  });
}
