import { atDistance, inputsKey } from '../vectors.js';
import { honestVector } from './honest.js';
import type { Profile } from './profile.js';

/** Sequences per batch of an engine with gonka-poc below 0.1.5, which computes the first one wrongly. */
const ENGINE_BATCH = 16;
/** Distances as recorded for such vectors: L2 0.8 to 1.9. */
const GARBAGE_DISTANCE = 1.1;

export const heads: Profile = {
  summary: `honest, but the first of every ${ENGINE_BATCH} in a batch are wrong, as with gonka-poc below 0.1.5`,
  compute(computation) {
    const { inputs, nonce, batch, exact } = computation;
    if (batch.indexOf(nonce) % ENGINE_BATCH !== 0) return honestVector(computation);
    const key = `heads ${inputsKey(inputs)} ${nonce}`;
    return atDistance(exact, GARBAGE_DISTANCE, key);
  },
};
