import { uniforms } from '../random.js';
import type { Profile } from './profile.js';

const STEPS = 12;

export const decodeOnly: Profile = {
  summary: 'a build that knows the decode scheme only: empty vector_b64 and k_points_steps',
  knowsDecode: true,
  encode: (vector, nonce) => ({
    nonce,
    vector_b64: '',
    k_points_steps: uniforms(`steps ${Array.from(vector).join()}`, STEPS).map((u) => Math.floor(16 * u)),
  }),
};
