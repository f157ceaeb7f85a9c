import type { Observation } from '../run/observation.js';
import { l2Distance } from '../vectors/distance.js';
import { receivedVectors } from './diagnosis/evidence.js';
import { type HeadsFault, isStep } from './heads.js';
import type { GoldenVectors, SecondReference } from './input.js';

/** Which side computes its batches wrongly at their heads, and how this is known. */
export interface HeadsSide {
  side: 'node' | 'reference';
  /** `second.json`, or `the node left them out` */
  because: string;
}

/**
 * Which side of a pair computes the first places of batches wrongly. Nonces that the node left out are its
 * own fault, and so is a fault that its replicas do not share. Otherwise a second reference for the same
 * inputs decides: it agrees with the side that is right, and shows the same fault against the other side.
 *
 * @param observations as judged, each nonce once
 * @param reference the reference that shows the fault
 * @param threshold L2 distance
 * @returns null where it cannot be known: there is no second reference, or it differs from both sides or from
 *   neither
 */
export function headsSide(
  heads: HeadsFault,
  observations: Observation[],
  { reference, second }: { reference: GoldenVectors | null; second: SecondReference | null },
  threshold: number,
): HeadsSide | null {
  const bad = observations.filter((one) => heads.isHead(one));
  const leftOut = bad.filter(({ why }) => why === 'missing');
  if (leftOut.length > bad.length / 2)
    return { side: 'node', because: `the node left out ${leftOut.length} of ${bad.length} of them` };
  const isShared = observations.every(({ replica }) => heads.replicas?.includes(replica ?? -1) ?? true);
  if (!isShared) return { side: 'node', because: 'its other replicas compute them right' };
  if (reference === null || second === null) return null;
  const rows = rowsOf(second.vectors);
  const vectors = new Map(
    receivedVectors(observations).map(({ observation, vector }) => [observation.nonce, vector]),
  );
  const golden = rowsOf(reference);
  const against = (other: (nonce: number) => ArrayLike<number> | undefined) => {
    const common = observations.flatMap((one) => {
      const [a, b] = [rows(one.nonce), other(one.nonce)];
      return a === undefined || b === undefined ? [] : [{ ...one, l2: l2Distance(a, b) }];
    });
    return isStep(common, heads.isHead, threshold);
  };
  const [node, first] = [against((nonce) => vectors.get(nonce)), against(golden)];
  if (node === first) return null;
  return {
    side: node ? 'node' : 'reference',
    because: `${second.name} agrees with the ${node ? 'reference' : 'node'} in these places`,
  };
}

function rowsOf({ nonces, vectors }: GoldenVectors): (nonce: number) => Float32Array | undefined {
  const kDim = vectors.shape[1] as number;
  const rowOf = new Map(nonces.map((nonce, row) => [nonce, row]));
  return (nonce) => {
    const row = rowOf.get(nonce);
    return row === undefined ? undefined : vectors.data.subarray(row * kDim, (row + 1) * kDim);
  };
}
