import { honestVector } from './honest.js';
import type { Profile } from './profile.js';

export const nan: Profile = {
  summary: 'honest, but every third vector holds a NaN, and is served',
  compute(computation) {
    const vector = honestVector(computation);
    if (computation.nonce % 3 === 0) vector[computation.nonce % vector.length] = Number.NaN;
    return vector;
  },
};
