import type { KnownDistances } from '../../models/distances.js';
import { counted } from '../../text/figures.js';
import { outsideBand } from '../distribution.js';
import { pairDistances } from '../replicas.js';
import { MIN_SAMPLE } from '../significance.js';
import type { DiagnosisRule } from './rule.js';

/**
 * Two replicas give vectors for the same nonces that differ more than those of honest nodes on different
 * hardware. This is known only where every replica was asked.
 */
export const replicasDisagree: DiagnosisRule = {
  code: 'replicas_disagree',
  title: 'replicas of the node give different vectors for the same nonce',
  whyItMatters:
    'Replicas of one node have the same hardware and the same weights, so at least one of them computes something else.',
  examine({ observations, known, statTest }) {
    const apart = [...pairDistances(observations)]
      .map(([pair, distances]) => ({ pair, distances }))
      .filter(({ distances }) => isApart(distances, known, statTest.values.dist_threshold));
    if (apart.length === 0) return null;
    return {
      evidence: apart
        .map(({ pair, distances }) => {
          const mean = distances.reduce((sum, value) => sum + value, 0) / distances.length;
          return `${pair}: L2 ${mean.toFixed(3)} on average over ${counted(distances.length, 'nonce')}`;
        })
        .join('; '),
      advice:
        'compare weights, arguments and GPUs of these replicas; restart the one that is far from the reference vectors',
    };
  },
};

/**
 * The distance is above that of honest nodes on different hardware; where that is not known, the mean is
 * above the threshold.
 */
function isApart(distances: number[], known: KnownDistances | null, threshold: number): boolean {
  if (known !== null) return outsideBand(distances, known) !== null;
  const mean = distances.reduce((sum, value) => sum + value, 0) / distances.length;
  return distances.length >= MIN_SAMPLE && mean > threshold;
}
