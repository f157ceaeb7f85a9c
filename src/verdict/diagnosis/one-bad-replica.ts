import type { ReplicaReport } from '../../run/report.js';
import { bandText } from '../distribution.js';
import { fisherTwoSided } from '../fisher.js';
import { ALPHA, clearlyLarger } from '../significance.js';
import { replicaName } from './evidence.js';
import type { DiagnosisRule } from './rule.js';

/**
 * Exactly one replica is fraud by its own test or far outside the honest band, and no other replica is. The
 * difference is more than chance: by Fisher's test of mismatches at 0.001 or by a test of mean distances. The
 * chance is divided by the number of replicas.
 */
export const oneBadReplica: DiagnosisRule = {
  code: 'one_bad_replica',
  title: 'one replica is unlike the others',
  whyItMatters:
    'The node as a whole may pass or fail by chance, depending on the replica. Only that replica must be repaired.',
  examine({ replicas: seen }) {
    const replicas = seen.filter(({ n_total }) => n_total > 0);
    if (replicas.length < 2) return null;
    const [bad, ...moreBad] = replicas.filter(isBad);
    if (bad === undefined || moreBad.length > 0 || bad.port === null) return null;
    const others = replicas.filter((replica) => replica !== bad);
    if (!others.every((other) => isWorse(bad, other, replicas.length))) return null;
    return {
      evidence: [bad, ...others].map(figuresOf).join('; '),
      advice: `restart ${replicaName(bad.port)} (and its GPUs), compare its log and arguments with the others', and validate again`,
    };
  },
};

function isBad({ fraud_detected, far_outside }: ReplicaReport): boolean {
  return fraud_detected || far_outside;
}

function isWorse(bad: ReplicaReport, other: ReplicaReport, replicas: number): boolean {
  const rate = ({ n_mismatch, n_total }: ReplicaReport) => n_mismatch / n_total;
  const chance = fisherTwoSided(bad.n_mismatch, bad.n_total, other.n_mismatch, other.n_total);
  if (rate(bad) > rate(other) && chance < ALPHA / replicas) return true;
  const [a, b] = [bad.distances.l2, other.distances.l2];
  return a !== null && b !== null && clearlyLarger({ ...a, n: bad.n_total }, { ...b, n: other.n_total });
}

function figuresOf({ port, n_mismatch, n_total, distances: { l2 } }: ReplicaReport): string {
  const name = replicaName(port);
  return l2 === null
    ? `${name}: ${n_mismatch} of ${n_total} mismatches`
    : `${name}: ${n_mismatch} of ${n_total} mismatches, L2 ${bandText(l2)}`;
}
