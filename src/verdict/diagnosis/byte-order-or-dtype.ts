import type { Observation } from '../../run/observation.js';
import { decodeHalf } from '../../schemes/half.js';
import { MIN_SAMPLE } from '../significance.js';
import { isUnitLength, receivedVectors, share } from './evidence.js';
import type { DiagnosisRule } from './rule.js';

/** Other ways to read two bytes, low byte first. */
const READINGS: [name: string, read: (low: number, high: number) => number][] = [
  ['half precision with its bytes swapped', (low, high) => decodeHalf((low << 8) | high)],
  ['bfloat16', (low, high) => bfloat16((high << 8) | low)],
];

/**
 * Almost no vector is of unit length as read, and almost all are when their bytes are read in another way.
 */
export const byteOrderOrDtype: DiagnosisRule = {
  code: 'byte_order_or_dtype',
  title: "the numbers are in another format than the protocol's",
  whyItMatters: 'The vectors may be right, but every validator reads other numbers.',
  examine({ observations }) {
    const reading = otherReading(observations);
    if (reading === null) return null;
    return {
      evidence: `read as ${reading.name}, ${reading.unit} of ${reading.total} vectors are of unit length; as the protocol has it ${reading.unitAsSent} are`,
      advice:
        'the node must send little-endian IEEE half precision (f16); use the build that the network uses',
    };
  },
};

/**
 * The other way of reading that gives correct vectors; null where there is none, or where the vectors are
 * correct.
 */
export function otherReading(
  observations: Observation[],
): { name: string; unit: number; unitAsSent: number; total: number } | null {
  const vectors = receivedVectors(observations).map(({ observation }) =>
    Buffer.from(observation.vector_b64 ?? '', 'base64'),
  );
  if (vectors.length < MIN_SAMPLE) return null;
  const unitUnder = (read: (low: number, high: number) => number) => (bytes: Buffer) =>
    isUnitLength(
      Array.from({ length: bytes.length / 2 }, (_, i) =>
        read(bytes[2 * i] as number, bytes[2 * i + 1] as number),
      ),
    );
  const asSent = unitUnder((low, high) => decodeHalf((high << 8) | low));
  if (share(vectors, asSent) > 0.05) return null;
  for (const [name, read] of READINGS) {
    const unit = unitUnder(read);
    if (share(vectors, unit) < 0.95) continue;
    return {
      name,
      unit: vectors.filter(unit).length,
      unitAsSent: vectors.filter(asSent).length,
      total: vectors.length,
    };
  }
  return null;
}

function bfloat16(bits: number): number {
  return new Float32Array(new Uint32Array([bits << 16]).buffer)[0] as number;
}
