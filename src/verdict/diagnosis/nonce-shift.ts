import { l2Distance } from '../../vectors/distance.js';
import { counted } from '../figures.js';
import type { GoldenVectors } from '../judge.js';
import { type Received, receivedVectors } from './evidence.js';
import type { DiagnosisRule } from './rule.js';

/** Two unrelated vectors of 12 numbers come so near about once in a billion pairs. */
const SAME = 0.2;
/** As far away as this a vector is not of its own nonce, and its neighbours are looked at. */
const NOT_OWN = 0.5;
const MIN_FOUND = 3;

/** At least half of the far vectors, and three of them, are golden vectors of other nonces. */
export const nonceShift: DiagnosisRule = {
  code: 'nonce_shift',
  title: 'the vectors are golden ones of other nonces',
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

/** The vectors that belong to another nonce, as [asked, got]; null where they are too few to tell. */
export function ofOtherNonces(
  received: Received[],
  reference: GoldenVectors | null,
): { pairs: [number, number][]; far: number } | null {
  if (reference === null) return null;
  const far = received.filter(({ l2 }) => l2 > NOT_OWN);
  const kDim = reference.vectors.shape[1] as number;
  const golden = reference.nonces.map((nonce, row) => ({
    nonce,
    vector: reference.vectors.data.subarray(row * kDim, (row + 1) * kDim),
  }));
  const pairs = far.flatMap(({ observation, vector }): [number, number][] => {
    const near = golden.find((other) => (l2Distance(vector, other.vector) ?? SAME) < SAME);
    return near === undefined ? [] : [[observation.nonce, near.nonce]];
  });
  return pairs.length >= MIN_FOUND && pairs.length >= far.length / 2 ? { pairs, far: far.length } : null;
}

function signed(shift: number): string {
  return shift > 0 ? `+${shift}` : String(shift);
}
