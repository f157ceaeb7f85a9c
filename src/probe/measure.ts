import ndarray, { type NdArray } from 'ndarray';
import type { GenerateAnswer } from '../mlnode/answers.js';
import { decodeVectorInto, encodeVector, UndecodableVector } from '../schemes/half-base64.js';
import { distancesByRow } from '../vectors/distance.js';

/** What was found of one nonce; the order is that of the codes in `Measured.found`. */
export const FINDINGS = [
  'vector',
  'non_finite',
  'dimension',
  'undecodable',
  'missing',
  'conflicting',
  'decode_only',
] as const;
export type Finding = (typeof FINDINGS)[number];

/** A batch's measurements as typed arrays, one entry per nonce asked for: the form that workers hand back. */
export interface Measured {
  /** Index into FINDINGS. */
  found: Uint8Array;
  /** NaN where there is no finite distance. */
  l2: Float64Array;
  /** NaN where there is no finite distance. */
  cosine: Float64Array;
  /** float32, shape [nonces, kDim]; zeros where there is no vector. */
  vectors: Float32Array;
  /** Texts that `vectors` does not give back to the bit, cut to a bounded length, by row. */
  texts: [row: number, text: string][];
  /** How many nonces were in the answer that nobody asked for. */
  strangers: number;
}

const MAX_KEPT_TEXT = 200;

/**
 * Decodes an answer's vectors and measures each against the golden one.
 *
 * @param answer a completed answer with artifacts
 * @param nonces asked for, in order
 * @param golden float32, shape [nonces, kDim], same order
 */
export function measureAnswer(
  answer: GenerateAnswer,
  nonces: ArrayLike<number>,
  golden: NdArray<Float32Array>,
): Measured {
  const count = nonces.length;
  const kDim = golden.shape[1] as number;
  const vectors = new Float32Array(count * kDim);
  const measured: Measured = {
    found: new Uint8Array(count).fill(FINDINGS.indexOf('missing')),
    l2: new Float64Array(count),
    cosine: new Float64Array(count),
    vectors,
    texts: [],
    strangers: 0,
  };
  const rowOf = new Map<number, number>();
  for (let row = 0; row < count; row++) rowOf.set(nonces[row] as number, row);

  const textOf = new Map<number, unknown>();
  for (const { nonce, vector_b64: text, k_points_steps: steps } of answer.artifacts ?? []) {
    const row = rowOf.get(nonce);
    if (row === undefined) {
      measured.strangers++;
      continue;
    }
    if (textOf.has(row)) {
      if (textOf.get(row) !== text) setFound(measured, row, 'conflicting');
      continue;
    }
    textOf.set(row, text);
    setFound(measured, row, decodeRow(text, steps, measured, row, kDim));
  }

  distancesByRow(ndarray(vectors, [count, kDim]), golden, measured.l2, measured.cosine);
  for (let row = 0; row < count; row++) {
    const finding = FINDINGS[measured.found[row] as number];
    if (finding === 'vector') continue;
    measured.l2[row] = Number.NaN;
    measured.cosine[row] = Number.NaN;
  }
  return measured;
}

function decodeRow(text: unknown, steps: unknown, measured: Measured, row: number, kDim: number): Finding {
  if (text === '' && Array.isArray(steps)) return 'decode_only';
  try {
    decodeVectorInto(text as string, measured.vectors, row * kDim, kDim);
  } catch (error) {
    if (!(error instanceof UndecodableVector)) throw error;
    if (typeof text === 'string') measured.texts.push([row, text.slice(0, MAX_KEPT_TEXT)]);
    return error.reason;
  }
  if (measured.vectors.subarray(row * kDim, (row + 1) * kDim).every(Number.isFinite)) return 'vector';
  // Of the many patterns of a NaN, float32 keeps one.
  measured.texts.push([row, text as string]);
  return 'non_finite';
}

function setFound(measured: Measured, row: number, finding: Finding): void {
  measured.found[row] = FINDINGS.indexOf(finding);
}

/** The wire form of a measured vector, as it was received; null when none was. */
export function receivedBase64(measured: Measured, row: number, kDim: number): string | null {
  const text = measured.texts.find(([textRow]) => textRow === row)?.[1];
  if (text !== undefined) return text;
  const finding = FINDINGS[measured.found[row] as number];
  if (finding === 'vector' || finding === 'conflicting') {
    return encodeVector(measured.vectors.subarray(row * kDim, (row + 1) * kDim));
  }
  return finding === 'decode_only' ? '' : null;
}
