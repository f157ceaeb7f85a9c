import { honestVector } from './honest.js';
import type { Profile } from './profile.js';

export const flaky: Profile = {
  summary: 'honest, but misses every third health probe and fails every fourth job',
  compute: honestVector,
  // The replicas of a node fail in turn, so the node never loses two at once.
  missesProbe: (pass, port) => (pass + port) % 3 === 2,
  failsJob: (job) => job % 4 === 3,
};
