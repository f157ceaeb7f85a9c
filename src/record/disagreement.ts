import ndarray from 'ndarray';
import { AssayError } from '../errors.js';
import { schemeOf } from '../schemes/index.js';
import { artifactOf, emptyCompared, type Kept, type VectorForm } from '../schemes/scheme.js';
import { listNonces } from './record-vectors.js';

/** How far a node's own runs are apart. */
export interface Disagreement {
  rounds: number;
  max_l2: number;
  /** Nonces beyond the limit, in the order of recording. */
  nonces: number[];
  /** How many of them are the first of their batch. */
  at_batch_starts: number;
}

/**
 * Measures each later run of the nonces against the first.
 *
 * @param rounds vectors by nonce, one map a run
 * @param limit L2 distance beyond which a nonce disagrees
 */
export function disagreementOf(
  rounds: ReadonlyMap<number, Kept>[],
  nonces: number[],
  form: VectorForm,
  batchSize: number,
  limit: number,
): Disagreement {
  const [first, ...later] = rounds;
  const rowsOf = rowReader(nonces, form);
  const firstRows = rowsOf(first);
  const worst = new Float64Array(nonces.length);
  for (const round of later) {
    const compared = emptyCompared(nonces.length);
    schemeOf(form).compare(firstRows, rowsOf(round), compared);
    compared.l2.forEach((distance, row) => {
      // Chains have no distance: those that part are as far apart as can be.
      const apart = compared.divergence[row] === -1 ? 0 : Number.POSITIVE_INFINITY;
      worst[row] = Math.max(worst[row] as number, Number.isNaN(distance) ? apart : distance);
    });
  }
  const beyond = nonces.map((_, row) => row).filter((row) => (worst[row] as number) > limit);
  return {
    rounds: rounds.length,
    max_l2: worst.reduce((most, distance) => Math.max(most, distance), 0),
    nonces: beyond.map((row) => nonces[row] as number),
    at_batch_starts: beyond.filter((row) => row % batchSize === 0).length,
  };
}

/** Reads the vectors of a round into rows, in the order of the nonces. */
function rowReader(nonces: number[], form: VectorForm) {
  const scheme = schemeOf(form);
  const length = scheme.rowLength(form);
  return (round: ReadonlyMap<number, Kept> | undefined) => {
    const rows = new Float32Array(nonces.length * length);
    nonces.forEach((nonce, row) => {
      scheme.read(artifactOf(nonce, round?.get(nonce) as Kept), rows, row * length, length);
    });
    return ndarray(rows, [nonces.length, length]);
  };
}

/** @throws AssayError naming the nonces, and what their places say */
export function refuseDisagreement(found: Disagreement, limit: number): void {
  const count = found.nonces.length;
  if (count === 0) return;
  const places =
    found.at_batch_starts === count
      ? 'all at batch starts'
      : `${found.at_batch_starts} of them at batch starts`;
  throw new AssayError(
    `the node disagrees with itself: ${count} nonces are more than ${limit} apart between its ${found.rounds} runs, ${places} (nonce ${listNonces(found.nonces)}; largest distance ${found.max_l2.toFixed(4)}); its output is no reference`,
    {
      advice:
        'record on an idle node with one replica first, or allow more with --repeat-limit and begin anew with --force',
    },
  );
}
