import { counted } from '../../text/figures.js';
import { otherReading } from './byte-order-or-dtype.js';
import { becauseOf, whereText } from './evidence.js';
import type { DiagnosisRule } from './rule.js';

/** At least one vector is not finite, unless the numbers are written in another format. */
export const nonFinite: DiagnosisRule = {
  code: 'non_finite',
  title: 'vectors hold NaN or infinity',
  whyItMatters: 'Such a vector is a mismatch for every validator of the network, for any threshold.',
  examine({ observations }) {
    const bad = becauseOf(observations, 'non_finite');
    if (bad.length === 0 || otherReading(observations) !== null) return null;
    return {
      evidence: `${counted(bad.length, 'vector')} of ${observations.length} ${bad.length === 1 ? 'is' : 'are'} not finite: ${whereText(bad)}`,
      advice:
        'look for NaN in the logs of the model server; a wrong dtype, a quantisation kernel or failing GPU memory cause it (nvidia-smi -q -d ECC)',
    };
  },
};
