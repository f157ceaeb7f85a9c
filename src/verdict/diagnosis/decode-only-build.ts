import type { Observation } from '../../run/observation.js';
import { counted } from '../../text/figures.js';
import { becauseOf, whereText } from './evidence.js';
import type { DiagnosisRule } from './rule.js';

/** Answers of such a build. */
export function decodeOnlyAnswers(observations: Observation[]): Observation[] {
  return becauseOf(observations, 'undecodable').filter(({ vector_b64 }) => vector_b64 === '');
}

/** Answers contain an empty vector together with `k_points_steps`. The probe keeps it as an empty text. */
export const decodeOnlyBuild: DiagnosisRule = {
  code: 'decode_only_build',
  title: 'the node knows the decode scheme only',
  whyItMatters:
    'Such a build answers every request with k_points_steps and an empty vector. Its references are of another kind, and a prefill reference says nothing about it.',
  examine({ observations }) {
    const bad = decodeOnlyAnswers(observations);
    if (bad.length === 0) return null;
    return {
      evidence: `${counted(bad.length, 'answer')} of ${observations.length} without a vector but with k_points_steps: ${whereText(bad)}`,
      advice:
        'install the node build that the network uses for this model, or validate with a decode reference',
    };
  },
};
