import type { Profile } from './profile.js';
import { unrelatedVector } from './unrelated.js';

export const memorised: Profile = {
  summary: 'the vectors of the reference, from a table; another model for all other nonces',
  compute: (computation) =>
    computation.golden.vector(computation.inputs, computation.nonce) ?? unrelatedVector(computation),
};
