import ndarray, { type NdArray } from 'ndarray';
import type { GenerateAnswer } from '../mlnode/answers.js';
import {
  type Artifact,
  type Compared,
  emptyCompared,
  type RowFinding,
  type Scheme,
  type WireArtifact,
} from '../schemes/scheme.js';

/** The finding for one nonce; the order is that of the codes in `Measured.found`. */
export const FINDINGS = [
  'vector',
  'non_finite',
  'dimension',
  'undecodable',
  'missing',
  'conflicting',
  'decode_only',
  'prefill_only',
] as const satisfies readonly (RowFinding | 'missing' | 'conflicting')[];
type NonceFinding = (typeof FINDINGS)[number];

/** A batch's measurements as typed arrays, one entry per nonce asked for: the form that workers return. */
export interface Measured extends Compared {
  /** Index into FINDINGS. */
  found: Uint8Array;
  /** float32, shape [nonces, numbers in a row]; zeros where there is no vector. */
  vectors: Float32Array;
  /** Texts that `vectors` does not reproduce bit for bit, cut to a bounded length, by row. */
  texts: [row: number, text: string][];
  /** How many nonces in the answer were not asked for. */
  strangers: number;
}

/**
 * Decodes an answer's vectors and measures each against the golden one.
 *
 * @param answer a completed answer with artifacts
 * @param nonces asked for, in order
 * @param golden float32, shape [nonces, numbers in a row], same order
 */
export function measureAnswer(
  answer: GenerateAnswer,
  nonces: ArrayLike<number>,
  golden: NdArray<Float32Array>,
  scheme: Scheme,
): Measured {
  const count = nonces.length;
  const length = golden.shape[1] as number;
  const vectors = new Float32Array(count * length);
  const measured: Measured = {
    found: new Uint8Array(count).fill(FINDINGS.indexOf('missing')),
    ...emptyCompared(count),
    vectors,
    texts: [],
    strangers: 0,
  };
  const rowOf = new Map<number, number>();
  for (let row = 0; row < count; row++) rowOf.set(nonces[row] as number, row);

  const firstOf = new Map<number, WireArtifact>();
  for (const artifact of answer.artifacts ?? []) {
    const row = rowOf.get(artifact.nonce);
    if (row === undefined) {
      measured.strangers++;
      continue;
    }
    const first = firstOf.get(row);
    if (first !== undefined) {
      if (!sameContent(first, artifact)) setFound(measured, row, 'conflicting');
      continue;
    }
    firstOf.set(row, artifact);
    const { finding, text } = scheme.read(artifact, vectors, row * length, length);
    if (text !== undefined) measured.texts.push([row, text]);
    setFound(measured, row, finding);
  }

  scheme.compare(ndarray(vectors, [count, length]), golden, measured);
  for (let row = 0; row < count; row++) {
    const finding = FINDINGS[measured.found[row] as number];
    if (finding === 'vector') continue;
    measured.l2[row] = Number.NaN;
    measured.cosine[row] = Number.NaN;
    measured.divergence[row] = -1;
  }
  return measured;
}

function sameContent(a: WireArtifact, b: WireArtifact): boolean {
  const content = ({ vector_b64, k_points_steps }: WireArtifact) =>
    JSON.stringify([vector_b64, k_points_steps]);
  return content(a) === content(b);
}

function setFound(measured: Measured, row: number, finding: NonceFinding): void {
  measured.found[row] = FINDINGS.indexOf(finding);
}

/** The wire form of a measured vector, as it was received; null when none was. */
export function received(
  measured: Measured,
  row: number,
  scheme: Scheme,
): Omit<Artifact, 'nonce'> | { vector_b64: null } {
  const text = measured.texts.find(([textRow]) => textRow === row)?.[1];
  if (text !== undefined) return { vector_b64: text };
  const finding = FINDINGS[measured.found[row] as number];
  if (finding !== 'vector' && finding !== 'conflicting') return { vector_b64: null };
  const length = measured.vectors.length / measured.found.length;
  return scheme.write(measured.vectors.subarray(row * length, (row + 1) * length));
}
