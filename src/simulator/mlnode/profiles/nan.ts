import { honestVector } from './honest.js';
import type { Profile } from './profile.js';
import { isThird } from './third.js';

export const nan: Profile = {
  summary: 'honest, but one of three vectors has a NaN, and the answer has it',
  compute(computation) {
    const vector = honestVector(computation);
    if (isThird(computation.nonce)) vector[computation.nonce % vector.length] = Number.NaN;
    return vector;
  },
};
