import { counted, nonceList } from '../../text/figures.js';
import { otherReading } from './byte-order-or-dtype.js';
import { isUnitLength, receivedVectors } from './evidence.js';
import type { DiagnosisRule } from './rule.js';

/** Finite vectors whose length is outside 0.99 to 1.01, where no other reading of the bytes explains it. */
export const notNormalised: DiagnosisRule = {
  code: 'not_normalised',
  title: 'vectors are not of unit length',
  whyItMatters: 'Honest vectors lie on the unit sphere, and distances are calibrated for that.',
  examine({ observations }) {
    const received = receivedVectors(observations);
    const bad = received.filter(({ vector }) => !isUnitLength(vector));
    if (bad.length === 0 || otherReading(observations) !== null) return null;
    const lengths = bad.map(({ vector }) => Math.hypot(...vector));
    const rightWay = bad.filter(({ observation }) => (observation.cosine_distance ?? 1) < 0.05).length;
    return {
      evidence: `${counted(bad.length, 'vector')} of ${received.length} of length ${lengths.reduce((least, one) => Math.min(least, one)).toPrecision(3)} to ${lengths.reduce((most, one) => Math.max(most, one)).toPrecision(3)}, ${rightWay} of them in the right direction (nonce ${nonceList(bad.map(({ observation }) => observation.nonce))})`,
      advice: 'use the build that the network uses: it normalises a vector before it is sent',
    };
  },
};
