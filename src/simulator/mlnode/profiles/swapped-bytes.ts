import { encodeVector } from '../../../schemes/half-base64.js';
import type { Profile } from './profile.js';

export const swappedBytes: Profile = {
  summary: 'the vectors of the reference with big-endian numbers',
  encode: (vector, nonce) => ({
    nonce,
    vector_b64: Buffer.from(encodeVector(vector), 'base64').swap16().toString('base64'),
  }),
};
