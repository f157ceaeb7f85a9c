import type { MismatchReason, Observation } from '../../run/observation.js';
import { nonceList } from '../../text/figures.js';
import { l2Distance } from '../../vectors/distance.js';
import type { GoldenVectors } from '../input.js';
import { byReplica, decoded } from '../measurements.js';

/** Measurements that mismatch for one reason. */
export function becauseOf(observations: Observation[], reason: MismatchReason): Observation[] {
  return observations.filter(({ why }) => why === reason);
}

/** Which nonces, and on which replicas where the node names them. */
export function whereText(observations: Observation[]): string {
  const nonces = [...new Set(observations.map(({ nonce }) => nonce))];
  const replicas = [...byReplica(observations)]
    .filter(([port]) => port !== null)
    .map(([port, own]) => `${own.length} on replica ${port}`);
  return [`nonce ${nonceList(nonces)}`, ...replicas].join('; ');
}

/** A vector that was received whole: of the correct dimension, and finite. */
export interface Received {
  observation: Observation;
  l2: number;
  vector: Float32Array;
}

/** Several rules look at the same vectors, so each vector is decoded once. */
const known = new WeakMap<Observation, Float32Array | null>();

function decodedOnce(observation: Observation, text: string | null): Float32Array | null {
  const found = known.get(observation);
  if (found !== undefined) return found;
  const vector = decoded(text);
  known.set(observation, vector);
  return vector;
}

export function receivedVectors(observations: Observation[]): Received[] {
  return observations.flatMap((observation) => {
    const { l2, vector_b64 } = observation;
    const vector = l2 === null ? null : decodedOnce(observation, vector_b64);
    return l2 === null || vector === null ? [] : [{ observation, l2, vector }];
  });
}

/** Honest vectors have a length of 0.9996 to 1.0003. This leaves room for rounding only. */
export function isUnitLength(vector: ArrayLike<number>): boolean {
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += (vector[i] as number) ** 2;
  return Math.abs(Math.sqrt(squares) - 1) <= 0.01;
}

export function share<T>(items: T[], holds: (item: T) => boolean): number {
  return items.length === 0 ? 0 : items.filter(holds).length / items.length;
}

/** A part of a run that shows something. */
export interface Affected {
  /** `all replicas`, `replica 5002`, … */
  name: string;
  observations: Observation[];
}

/**
 * Where a condition is true: for the run as a whole, otherwise for some of its replicas.
 *
 * @returns empty when it is true nowhere
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

/** Two unrelated vectors of 12 numbers are this near about once in a billion pairs. */
export const SAME = 0.2;

/** A vector this far away does not belong to its nonce, and is compared with those of neighbouring nonces. */
export const NOT_OWN = 0.5;

export const MIN_FOUND = 3;

/** The vectors that belong to another nonce, as [asked, got]; null where they are too few to conclude. */
export function ofOtherNonces(
  received: Received[],
  reference: GoldenVectors | null,
): { pairs: [number, number][]; far: number } | null {
  if (reference === null) return null;
  const far = received.filter(({ l2 }) => l2 > NOT_OWN);
  const kDim = reference.vectors.shape[1] as number;
  const golden = reference.nonces.map((nonce, row) => ({
    nonce,
    vector: reference.vectors.data.subarray(row * kDim, (row + 1) * kDim),
  }));
  const pairs = far.flatMap(({ observation, vector }): [number, number][] => {
    const near = golden.find((other) => (l2Distance(vector, other.vector) ?? SAME) < SAME);
    return near === undefined ? [] : [[observation.nonce, near.nonce]];
  });
  return pairs.length >= MIN_FOUND && pairs.length >= far.length / 2 ? { pairs, far: far.length } : null;
}
