import { type DistanceShape, drawDistance } from '../distances.js';
import { atDistance, inputsKey } from '../vectors.js';
import type { Computation, Profile } from './profile.js';

/** As published for fp8 runs of one model on different GPUs. */
const FP8_PAIR: DistanceShape = { mean: 0.07, sd: 0.04 };

/**
 * Honest replicas of one node compute alike, so the noise does not depend on the replica.
 */
export function honestVector({ inputs, nonce, exact }: Computation): Float64Array {
  const key = `fp8 ${inputsKey(inputs)}`;
  return atDistance(exact, drawDistance(FP8_PAIR, key, nonce), `${key} ${nonce}`);
}

export const honest: Profile = {
  summary: 'the right model on other GPUs than the reference: distances 0.07 ± 0.04',
  compute: honestVector,
};
