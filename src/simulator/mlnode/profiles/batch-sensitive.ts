import { type DistanceShape, drawDistance } from '../distances.js';
import { atDistance, inputsKey } from '../vectors.js';
import type { Profile } from './profile.js';

/** In units of the threshold: about 4 % are above it. */
const OTHER_COMPOSITION: DistanceShape = { mean: 0.45, sd: 0.25 };
const DEFAULT_THRESHOLD = 0.4;

export const batchSensitive: Profile = {
  summary:
    'the vectors of the reference in batches as recorded; in other batches a few percent of them above the threshold',
  compute({ inputs, nonce, batch, exact, golden }) {
    if (golden.isRecordedBatch(inputs, batch)) return exact;
    const key = `batch ${inputsKey(inputs)} ${batch.join()}`;
    const threshold = golden.threshold(inputs) ?? DEFAULT_THRESHOLD;
    return atDistance(exact, threshold * drawDistance(OTHER_COMPOSITION, key, nonce), `${key} ${nonce}`);
  },
};
