import { enoughNonces } from '../batches/plan.js';
import type { Observation } from '../run/observation.js';
import type { Coverage, ReplicasTested, RequestConfig, Warning } from '../run/report.js';
import { counted } from '../text/figures.js';
import { groupBy } from '../text/group-by.js';
import { byReplica } from './measurements.js';

/** What is known of a node's replicas, apart from their answers. */
export interface Rotation {
  /** How many replicas the node should have; null: no number is given. */
  expected: number | null;
  /** Ports that the node listed as in rotation in any poll during the run. */
  ports: number[];
  /** Nonces of a full batch of the plan; null where the plan is no longer known. */
  fullBatch: number | null;
  /**
   * If true, a replica in rotation that was not tested makes the run INCOMPLETE; otherwise it is a warning.
   */
  isRequired: boolean;
}

/**
 * Whether every replica in rotation must be tested; not where nonces are only spread or answers name no
 * replica.
 */
export function isTestRequired(coverage: Coverage, probe: RequestConfig['probe']): boolean {
  return coverage !== 'spread' && probe === 'queued';
}

/**
 * Which replicas were tested. A tested replica answered at least one full batch, and at least 32 nonces or
 * all there are. Where the node has one replica and its answers name none, the answers belong to that
 * replica.
 *
 * @param total nonces of the reference
 */
export function replicasTested(
  observations: Observation[],
  { expected, ports, fullBatch }: Rotation,
  total: number,
): ReplicasTested {
  const own = byReplica(observations);
  const only = ports.length === 1 ? (own.get(null) ?? []) : [];
  const isTested = (port: number) => {
    const answers = [...(own.get(port) ?? []), ...only];
    const largest = Math.max(0, ...[...groupBy(answers, ({ batch }) => batch).values()].map((b) => b.length));
    return answers.length >= enoughNonces(total) && largest >= Math.min(fullBatch ?? 1, total);
  };
  const sorted = [...ports].sort((a, b) => a - b);
  const notTested = sorted.filter((port) => !isTested(port));
  return {
    expected,
    in_rotation: sorted.length,
    tested: sorted.length - notTested.length,
    ports: sorted,
    not_tested: notTested,
  };
}

/** `2 of 2 replicas tested` */
export function replicasTestedText({ expected, in_rotation, tested }: ReplicasTested): string {
  return `${tested} of ${counted(Math.max(expected ?? 0, in_rotation), 'replica')} tested`;
}

/** Replicas that were not tested, by port, with the number of nonces that each answered. */
export function notTestedText({ not_tested }: ReplicasTested, observations: Observation[]): string {
  const own = byReplica(observations);
  return not_tested
    .map((port) => {
      const answered = own.get(port)?.length ?? 0;
      return `replica ${port} ${answered === 0 ? 'answered nothing' : `answered ${counted(answered, 'nonce')} only`}`;
    })
    .join(', ');
}

/** Warnings about replicas that should exist and do not, or that exist and were not tested. */
export function replicaWarnings(
  tested: ReplicasTested,
  isRequired: boolean,
  observations: Observation[],
): Warning[] {
  const warnings: Warning[] = [];
  const { expected, in_rotation, not_tested } = tested;
  if (expected !== null && in_rotation < expected) {
    warnings.push({
      code: 'replicas_missing',
      text: `${in_rotation} of ${counted(expected, 'promised replica')} ${in_rotation === 1 ? 'is' : 'are'} in rotation: the others earn nothing and were not tested`,
      about_node: true,
      advice: "look into the node's log for the replicas that did not join, and count its GPUs",
    });
  }
  if (not_tested.length > 0 && !isRequired) {
    const isNameless = observations.length > 0 && observations.every(({ replica }) => replica === null);
    warnings.push({
      code: 'replicas_not_tested',
      text: isNameless
        ? `${counted(in_rotation, 'replica')} in rotation, and the answers name none: so it is not known which replica answered`
        : `in rotation and not tested: ${notTestedText(tested, observations)}`,
      about_node: true,
      advice: 'use --coverage auto with --probe queued, which asks until every replica has answered',
    });
  }
  return warnings;
}
