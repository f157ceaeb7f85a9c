import { honestVector } from './honest.js';
import type { Profile } from './profile.js';

export const dropping: Profile = {
  summary: 'honest, but every third vector came out as NaN and is left out of an answer called completed',
  compute: (computation) => (computation.nonce % 3 === 0 ? null : honestVector(computation)),
};
