import { counted } from '../../text/figures.js';
import { becauseOf, whereText } from './evidence.js';
import type { DiagnosisRule } from './rule.js';

/** At least one nonce is missing from a completed answer. */
export const leftOutNonces: DiagnosisRule = {
  code: 'left_out_nonces',
  title: 'nonces are missing from complete answers',
  whyItMatters:
    'A replica leaves out nonces whose vector has a NaN, and its own check clears them; a validator counts every missing one.',
  examine({ observations }) {
    const bad = becauseOf(observations, 'missing');
    if (bad.length === 0) return null;
    return {
      evidence: `${counted(bad.length, 'nonce')} of ${observations.length} came without a vector: ${whereText(bad)}`,
      advice:
        'look for NaN in the logs of the model server; a wrong dtype, a quantisation kernel or failing GPU memory cause it (nvidia-smi -q -d ECC)',
    };
  },
};
