import { honestVector } from './honest.js';
import type { Profile } from './profile.js';
import { isThird } from './third.js';

export const dropping: Profile = {
  summary: 'honest, but one of three vectors is NaN, and the completed answer leaves it out',
  compute: (computation) => (isThird(computation.nonce) ? null : honestVector(computation)),
};
