import { MIN_SAMPLE } from '../significance.js';
import { becauseOf, receivedVectors, share } from './evidence.js';
import type { DiagnosisRule } from './rule.js';

/** Neighbouring half-precision numbers in each of 12 places are about this far apart. */
const LAST_BIT = 0.001;

/**
 * Every nonce was answered, and at least 95 % of the vectors equal the golden ones bit for bit in half
 * precision.
 */
export const bitExact: DiagnosisRule = {
  code: 'bit_exact',
  title: 'the vectors equal the reference, to the last bit',
  whyItMatters:
    'The same build on the same hardware gives this result. A node that answers from the published file gives it too; only nonces outside that file show the difference.',
  examine({ observations, unanswered }) {
    if (unanswered.length > 0 || becauseOf(observations, 'missing').length > 0) return null;
    const received = receivedVectors(observations);
    const exact = received.filter(({ l2 }) => l2 <= LAST_BIT);
    if (received.length < MIN_SAMPLE || share(received, ({ l2 }) => l2 <= LAST_BIT) < 0.95) return null;
    return {
      evidence: `${exact.length} of ${received.length} vectors lie within ${LAST_BIT} of the reference, ${exact.filter(({ l2 }) => l2 === 0).length} of them at 0`,
      advice:
        'nothing to do on your own node; for a node of somebody else, compare it with a trusted one on nonces that are in no file',
    };
  },
};
