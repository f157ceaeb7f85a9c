import type { Observation } from '../../run/observation.js';
import { counted } from '../../text/figures.js';
import { distancesOf } from '../measurements.js';
import { MIN_SAMPLE } from '../significance.js';
import {
  affectedParts,
  isUnitLength,
  ofOtherNonces,
  type Received,
  receivedVectors,
  share,
} from './evidence.js';
import type { DiagnosisRule } from './rule.js';

/**
 * Between unrelated unit vectors of k numbers the cosine has mean 0 and variance 1/k. So the squared
 * distance, which is 2 − 2·cos, has mean 2 and standard deviation 2/√k. Vectors of another model, seed or key
 * show means of 1.87 to 2.1. Vectors of weights with nothing in common show 2.3. All of these count, for any
 * model.
 */
const NEAREST = 1.8;
const FARTHEST = 2.8;

/** The vectors are of unit length, and as far from the golden ones as unrelated vectors. */
export const unrelatedVectors: DiagnosisRule = {
  code: 'unrelated_vectors',
  title: 'the vectors have nothing to do with the reference',
  whyItMatters:
    'They are vectors of something else: another model, seed, block hash, public key, sequence length or random generator.',
  examine({ rest, reference }) {
    const parts = affectedParts(rest, (own) => looksUnrelated(receivedVectors(own)));
    const related = ofOtherNonces(receivedVectors(parts.flatMap((part) => part.observations)), reference);
    if (parts.length === 0 || related !== null) return null;
    const figures = parts.map(({ name, observations: own }) => `${name}: ${meanText(own)}`);
    return {
      evidence: `${figures.join(', ')}; unrelated vectors of unit length are 1.39 apart`,
      advice:
        'check that the node serves the model of the reference, and that block hash, public key, seq_len and poc_stronger_rng are those that the reference was recorded with',
    };
  },
};

export function looksUnrelated(received: Received[]): boolean {
  const kDim = received[0]?.vector.length;
  if (kDim === undefined || received.length < MIN_SAMPLE) return false;
  if (share(received, ({ vector }) => isUnitLength(vector)) < 0.95) return false;
  const mean = received.reduce((sum, { l2 }) => sum + l2 ** 2, 0) / received.length;
  const error = (3.3 * 2) / Math.sqrt(kDim * received.length);
  return mean > Math.min(NEAREST, 2 - error) && mean < Math.max(FARTHEST, 2 + error);
}

function meanText(observations: Observation[]): string {
  const { l2 } = distancesOf(observations);
  return `mean L2 ${l2 === null ? '-' : l2.mean.toFixed(3)} over ${counted(observations.length, 'nonce')}`;
}
