import { counted } from '../../text/figures.js';

import { groupBy } from '../../text/group-by.js';
import { becauseOf, whereText } from './evidence.js';
import type { DiagnosisRule } from './rule.js';

/** At least one answer decodes to a wrong number of values. */
export const wrongDimension: DiagnosisRule = {
  code: 'wrong_dimension',
  title: 'vectors have another dimension than asked for',
  whyItMatters: 'No distance can be measured, so each of them is a mismatch for every validator.',
  examine({ observations, reference }) {
    const bad = becauseOf(observations, 'dimension');
    if (bad.length === 0) return null;
    const sizes = [...groupBy(bad, ({ vector_b64 }) => Buffer.byteLength(vector_b64 ?? '', 'base64'))].map(
      ([bytes, own]) => `${counted(own.length, 'vector')} with ${bytes} bytes`,
    );
    const found = `${sizes.join(', ')}: ${whereText(bad)}`;
    return {
      evidence:
        reference === null
          ? found
          : `${found}; ${2 * (reference.vectors.shape[1] as number)} bytes belong there`,
      advice:
        'check k_dim of the reference and what the node makes of it: a build of another PoC version ignores or changes it',
    };
  },
};
