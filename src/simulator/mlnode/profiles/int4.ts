import { type DistanceShape, drawDistance } from '../distances.js';
import { atDistance, inputsKey } from '../vectors.js';
import type { Profile } from './profile.js';

/** As published for int4 against fp8 runs of one model. */
const INT4_FP8_PAIR: DistanceShape = { mean: 0.245, sd: 0.102 };

export const int4: Profile = {
  summary: 'quantised weights: distances 0.245 ± 0.10, some 8 % beyond 0.4',
  compute({ inputs, nonce, exact }) {
    const key = `int4 ${inputsKey(inputs)}`;
    return atDistance(exact, drawDistance(INT4_FP8_PAIR, key, nonce), `${key} ${nonce}`);
  },
};
