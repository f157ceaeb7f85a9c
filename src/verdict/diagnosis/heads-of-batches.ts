import { SIDE_ADVICE, UPGRADE_ADVICE } from '../distance-warnings.js';
import type { HeadsFault } from '../heads.js';
import { headsText, withoutHeadsText } from '../heads-text.js';
import type { DiagnosisRule } from './rule.js';

/** The first k places of every batch of P are wrong or left out, and the rest is not: see `findHeads`. */
export const headsOfBatches: DiagnosisRule = {
  code: 'heads_of_batches',
  title: 'the first vectors of every batch are wrong',
  whyItMatters:
    'Engines with gonka-poc below 0.1.5 compute the first sequences of every PoC batch on a wrong cache block. Such a node fails against a sound reference, and a sound node against a reference that was recorded by one.',
  examine({ heads, superseded, response, headless }) {
    if (heads === null) return null;
    return {
      evidence: `${headsText(heads)} (chance ${heads.chance.toExponential(0)}); ${withoutHeadsText(headless, response)}`,
      advice:
        superseded === null
          ? heads.replicas === null
            ? SIDE_ADVICE
            : UPGRADE_ADVICE
          : superseded.successor === undefined
            ? `the reference is superseded (${superseded.reason}): take another one`
            : `the reference is superseded (${superseded.reason}): validate with --reference ${superseded.successor}`,
    };
  },
  details: ({ heads }) => detailsOf(heads),
};

function detailsOf(heads: HeadsFault | null) {
  return heads === null ? {} : { period: heads.period, heads: heads.heads };
}
