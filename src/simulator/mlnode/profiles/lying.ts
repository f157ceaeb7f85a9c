import type { Profile } from './profile.js';
import { unrelatedVector } from './unrelated.js';

export const lying: Profile = {
  summary: 'another model, whose own check always comes out clean',
  compute: unrelatedVector,
  clearsItself: true,
};
