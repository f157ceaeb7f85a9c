import type { MismatchReason, Observation } from '../../probe/observation.js';
import { nonceList } from '../figures.js';
import { byReplica, decoded } from '../measurements.js';

/** Measurements that mismatch for one reason. */
export function becauseOf(observations: Observation[], reason: MismatchReason): Observation[] {
  return observations.filter(({ why }) => why === reason);
}

/** Which nonces, and on which replicas as far as the node tells. */
export function whereText(observations: Observation[]): string {
  const nonces = [...new Set(observations.map(({ nonce }) => nonce))];
  const replicas = [...byReplica(observations)]
    .filter(([port]) => port !== null)
    .map(([port, own]) => `${own.length} on replica ${port}`);
  return [`nonce ${nonceList(nonces)}`, ...replicas].join('; ');
}

/** A vector that was received whole: of the right dimension, and finite. */
export interface Received {
  observation: Observation;
  l2: number;
  vector: Float32Array;
}

export function receivedVectors(observations: Observation[]): Received[] {
  return observations.flatMap((observation) => {
    const { l2, vector_b64 } = observation;
    const vector = l2 === null ? null : decoded(vector_b64);
    return l2 === null || vector === null ? [] : [{ observation, l2, vector }];
  });
}

/** Honest vectors have a length of 0.9996 to 1.0003; this leaves room for rounding and nothing else. */
export function isUnitLength(vector: ArrayLike<number>): boolean {
  return Math.abs(Math.hypot(...Array.from(vector)) - 1) <= 0.01;
}

export function share<T>(items: T[], holds: (item: T) => boolean): number {
  return items.length === 0 ? 0 : items.filter(holds).length / items.length;
}

/** A part of a run for which something holds. */
export interface Affected {
  /** `all replicas`, `replica 5002`, … */
  name: string;
  observations: Observation[];
}

/**
 * Where something holds: for the run as a whole, else for some of its replicas.
 *
 * @returns empty when it holds nowhere
 */
export function affectedParts(
  observations: Observation[],
  holds: (observations: Observation[]) => boolean,
): Affected[] {
  const groups = [...byReplica(observations)];
  if (holds(observations)) {
    return [{ name: groups.length > 1 ? 'all replicas together' : 'the node', observations }];
  }
  if (groups.length < 2) return [];
  return groups
    .filter(([, own]) => holds(own))
    .map(([port, own]) => ({ name: replicaName(port), observations: own }));
}

export function replicaName(port: number | null): string {
  return port === null ? 'the replica that gives no name' : `replica ${port}`;
}
