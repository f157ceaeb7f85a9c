import ndarray from 'ndarray';
import type { GoldenReference } from '../../src/golden/reference.js';

/** The first nonces of a reference: whole batches, so that a run is short. */
export function head(reference: GoldenReference, count: number): GoldenReference {
  const kDim = reference.vectors.shape[1] as number;
  return {
    ...reference,
    nonces: reference.nonces.slice(0, count),
    artifacts: reference.artifacts.slice(0, count),
    vectors: ndarray(reference.vectors.data.slice(0, count * kDim), [count, kDim]),
  };
}
