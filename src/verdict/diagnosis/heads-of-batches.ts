import { headsAdvice } from '../distance-warnings.js';
import { headsText, sideText, withoutHeadsText } from '../heads-text.js';
import type { DiagnosisRule } from './rule.js';

/** The first k places of every batch of P are wrong or left out, and the rest is not: see `findHeads`. */
export const headsOfBatches: DiagnosisRule = {
  code: 'heads_of_batches',
  title: 'the first vectors of every batch are wrong',
  whyItMatters:
    'Engines with gonka-poc below 0.1.5 compute the first sequences of every PoC batch on a wrong cache block. Such a node fails against a sound reference, and a sound node against a reference that was recorded by one.',
  examine({ heads, headsSide, superseded, response, headless }) {
    if (heads === null) return null;
    const shown = `${headsText(heads)} (chance ${heads.chance.toExponential(0)}); ${withoutHeadsText(headless, response)}`;
    if (superseded !== null) {
      const { reason, successor } = superseded;
      const advice = successor === undefined ? 'take another one' : `validate with --reference ${successor}`;
      return { evidence: shown, advice: `the reference is superseded (${reason}): ${advice}` };
    }
    return {
      evidence: headsSide === null ? shown : `${shown}; ${sideText(headsSide)}`,
      advice: headsAdvice({ heads, headsSide }),
    };
  },
  details: ({ heads, headsSide, superseded }) =>
    heads === null
      ? {}
      : {
          period: heads.period,
          heads: heads.heads,
          side: superseded === null ? (headsSide?.side ?? null) : 'reference',
        },
};
