import { honestVector } from './honest.js';
import type { Profile } from './profile.js';

export const slow: Profile = {
  summary: 'honest, at a third of the speed',
  compute: honestVector,
  batchTimeFactor: 3,
};
