import { drawDistance } from '../distances.js';
import { honestShape } from '../shapes.js';
import { atDistance, inputsKey } from '../vectors.js';
import type { Computation, Profile } from './profile.js';

/**
 * Honest replicas of one node compute alike, so the noise does not depend on the replica.
 */
export function honestVector({ inputs, nonce, exact }: Computation): Float64Array {
  const key = `fp8 ${inputsKey(inputs)}`;
  return atDistance(exact, drawDistance(honestShape(inputs.model), key, nonce), `${key} ${nonce}`);
}

export const honest: Profile = {
  summary: 'the right model on other GPUs than the reference: the distances of its honest nodes',
  compute: honestVector,
};
