import { counted } from '../../text/figures.js';
import { ofOtherNonces, receivedVectors } from './evidence.js';
import type { DiagnosisRule } from './rule.js';
/** At least half of the far vectors, and three of them, are golden vectors of other nonces. */
export const nonceShift: DiagnosisRule = {
  code: 'nonce_shift',
  title: 'the vectors are reference vectors of other nonces',
  whyItMatters:
    'The node computes the right thing for the wrong nonce: an index is shifted or the order lost.',
  examine({ observations, reference }) {
    const found = ofOtherNonces(receivedVectors(observations), reference);
    if (found === null) return null;
    const { pairs, far } = found;
    const shifts = new Set(pairs.map(([asked, got]) => got - asked));
    const [asked, got] = pairs[0] as [number, number];
    return {
      evidence: `${pairs.length} of ${counted(far, 'far vector')} match another nonce, ${
        shifts.size === 1 ? `always ${signed(got - asked)}` : `at ${shifts.size} different shifts`
      } (nonce ${asked} came with the vector of ${got})`,
      advice:
        'look for code between here and the engine that sorts, deduplicates or renumbers nonces; report it with this run folder',
    };
  },
};

function signed(shift: number): string {
  return shift > 0 ? `+${shift}` : String(shift);
}
