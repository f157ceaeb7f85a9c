import { derivedVector } from '../vectors.js';
import type { Profile } from './profile.js';

export const wrongDimension: Profile = {
  summary: 'vectors of four numbers more than asked for',
  compute: ({ inputs, nonce }) => derivedVector({ ...inputs, kDim: inputs.kDim + 4 }, nonce),
};
