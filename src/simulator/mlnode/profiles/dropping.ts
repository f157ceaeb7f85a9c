import { honestVector } from './honest.js';
import type { Profile } from './profile.js';
import { isThird } from './third.js';

export const dropping: Profile = {
  summary: 'honest, but one of three vectors came out as NaN and is left out of an answer called completed',
  compute: (computation) => (isThird(computation.nonce) ? null : honestVector(computation)),
};
