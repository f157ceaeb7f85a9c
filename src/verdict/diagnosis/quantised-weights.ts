import type { Observation } from '../../run/observation.js';
import { bandText, type HonestBand, outsideBand, PUBLISHED_INT4_BAND } from '../distribution.js';
import { distancesOf, finiteL2 } from '../measurements.js';
import { affectedParts, isUnitLength, receivedVectors, share } from './evidence.js';
import type { DiagnosisRule } from './rule.js';

/** Of unrelated vectors about one in fifty lies within it, of the published int4 ones all do but a few. */
const NEARER_THAN_UNRELATED = 0.9;

/** The mean distance is far above the honest band, yet nearly every vector is nearer than chance would have it. */
export const quantisedWeights: DiagnosisRule = {
  code: 'quantised_weights',
  title: 'the distances look like those of quantised weights',
  whyItMatters:
    'A node that serves int4 weights for an fp8 reference passes most gates, but its vectors are not those of the model that it declares.',
  examine({ observations, honestBand }) {
    const parts = affectedParts(observations, (own) => looksQuantised(own, honestBand));
    if (parts.length === 0) return null;
    const figures = parts.map(({ name, observations: own }) => {
      const { l2 } = distancesOf(own);
      return `${name}: L2 ${l2 === null ? '-' : bandText(l2)} over ${own.length} nonces`;
    });
    return {
      evidence: `${figures.join(', ')}; honest nodes show ${bandText(honestBand)}, ${PUBLISHED_INT4_BAND.source} ${bandText(PUBLISHED_INT4_BAND)}`,
      advice:
        'check the weights that are loaded (repository, commit, dtype, --quantization) against those of the network; another topology or attention backend of the same weights can look alike, which a reference with expected_distance settles',
    };
  },
};

function looksQuantised(observations: Observation[], band: HonestBand): boolean {
  if (outsideBand(finiteL2(observations), band) !== 'mean') return false;
  const received = receivedVectors(observations);
  return (
    share(received, ({ vector }) => isUnitLength(vector)) >= 0.95 &&
    share(received, ({ l2 }) => l2 < NEARER_THAN_UNRELATED) >= 0.95
  );
}
