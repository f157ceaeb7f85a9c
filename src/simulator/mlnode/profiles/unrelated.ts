import { derivedVector } from '../vectors.js';
import type { Computation, Profile } from './profile.js';

/** Vectors of another model for the same inputs. */
export function unrelatedVector({ inputs, nonce }: Computation): Float64Array {
  return derivedVector({ ...inputs, model: `other than ${inputs.model}` }, nonce);
}

export const unrelated: Profile = {
  summary: 'another model: distances about 1.39',
  compute: unrelatedVector,
};
