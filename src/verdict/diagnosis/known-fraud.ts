import type { WeightsBand } from '../../models/distances.js';
import type { Observation } from '../../run/observation.js';
import { counted } from '../../text/figures.js';
import {
  bandText,
  distancesByNonce,
  knownBandText,
  outsideBand,
  weightsLike,
  weightsText,
} from '../distribution.js';
import { distancesOf } from '../measurements.js';
import { affectedParts, isUnitLength, receivedVectors, share } from './evidence.js';
import type { DiagnosisRule, RunFacts } from './rule.js';
import { looksUnrelated } from './unrelated-vectors.js';

/**
 * The mean distance is above the limit of the model, and fits weights that are known for this same model.
 * Where no such weights are known, nothing is said: the distance of quantised weights differs for every
 * model.
 */
export const knownFraud: DiagnosisRule = {
  code: 'known_fraud',
  title: 'the distances are those of other weights, not of the model’s own',
  whyItMatters:
    'A node with other weights does not answer like its declared model. If it earns more or costs less, the other hosts lose.',
  examine(facts) {
    const { known, rest } = facts;
    if (known === null) return null;
    const parts = affectedParts(rest, (own) => likeOf(own, facts).length > 0);
    if (parts.length === 0) return null;
    const named = likeOf(parts[0]?.observations ?? [], facts);
    const figures = parts.map(({ name, observations: own }) => {
      const { l2 } = distancesOf(own);
      return `${name}: ${l2 === null ? '-' : bandText(l2)} over ${counted(own.length, 'nonce')}`;
    });
    return {
      evidence: `as ${named.map(weightsText).join(', or as ')}; ${figures.join(', ')}; honest nodes of this model show ${knownBandText(known.band)}`,
      advice: adviceOf(named),
    };
  },
};

function likeOf(observations: Observation[], { known, partCount }: RunFacts): WeightsBand[] {
  if (known === null || outsideBand(distancesByNonce(observations), known, partCount) !== 'mean') return [];
  const received = receivedVectors(observations);
  if (share(received, ({ vector }) => isUnitLength(vector)) < 0.95 || looksUnrelated(received)) return [];
  const { l2 } = distancesOf(observations);
  return l2 === null ? [] : weightsLike(l2, known);
}

function adviceOf(named: WeightsBand[]): string {
  const [first] = named;
  const published = named.find(({ public_config }) => public_config !== null);
  if (published !== undefined) {
    return `the published config ${published.public_config} loads ${published.repository ?? published.name}: check whether this node does; if so, use a reference of those weights`;
  }
  return `check the weights that are loaded (repository, commit, dtype, --quantization) against those of the network${first?.repository ? `; ${first.repository} was seen elsewhere` : ''}`;
}
