import type { NdArray } from 'ndarray';

/** Many vectors of one dimension: shape [nonces, kDim]. */
export type VectorArray = NdArray<Float32Array> | NdArray<Float64Array>;

/**
 * Euclidean distance ‖a − b‖, accumulated in float64.
 *
 * @param a first vector, shape [k]
 * @param b second vector, shape [k]
 * @returns a number ≥ 0; null when a value is not finite
 * @throws RangeError when the lengths differ
 */
export function l2Distance(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  requireSameLength(a, b);
  return nullIfNotFinite(l2Strided(a, 0, 1, b, 0, 1, a.length));
}

/**
 * Cosine distance 1 − cos(a, b), computed as ½‖a/‖a‖ − b/‖b‖‖², which keeps its digits where the cosine is
 * near 1 and `1 − cos` would lose them.
 *
 * @param a first vector, shape [k]
 * @param b second vector, shape [k]
 * @returns a number in [0, 2]; null when a vector is zero or a value is not finite
 * @throws RangeError when the lengths differ
 */
export function cosineDistance(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  requireSameLength(a, b);
  return nullIfNotFinite(cosineStrided(a, 0, 1, b, 0, 1, a.length));
}

/**
 * L2 and cosine distance of each pair of rows.
 *
 * @param a shape [n, k]
 * @param b shape [n, k]
 * @param l2 receives n distances; NaN where there is none
 * @param cosine receives n cosine distances; NaN where there is none
 */
export function distancesByRow(a: VectorArray, b: VectorArray, l2: Float64Array, cosine: Float64Array): void {
  const [rows, kDim] = a.shape as [number, number];
  if (b.shape[0] !== rows || b.shape[1] !== kDim) throw new RangeError('arrays of different shapes');
  const [aRow, aStep] = a.stride as [number, number];
  const [bRow, bStep] = b.stride as [number, number];
  for (let row = 0; row < rows; row++) {
    const aStart = a.offset + row * aRow;
    const bStart = b.offset + row * bRow;
    l2[row] = l2Strided(a.data, aStart, aStep, b.data, bStart, bStep, kDim);
    cosine[row] = cosineStrided(a.data, aStart, aStep, b.data, bStart, bStep, kDim);
  }
}

function l2Strided(
  a: ArrayLike<number>,
  aStart: number,
  aStep: number,
  b: ArrayLike<number>,
  bStart: number,
  bStep: number,
  length: number,
): number {
  let sum = 0;
  for (let i = 0; i < length; i++) {
    const difference = (a[aStart + i * aStep] as number) - (b[bStart + i * bStep] as number);
    sum += difference * difference;
  }
  return Math.sqrt(sum);
}

function cosineStrided(
  a: ArrayLike<number>,
  aStart: number,
  aStep: number,
  b: ArrayLike<number>,
  bStart: number,
  bStep: number,
  length: number,
): number {
  let aSquares = 0;
  let bSquares = 0;
  for (let i = 0; i < length; i++) {
    const x = a[aStart + i * aStep] as number;
    const y = b[bStart + i * bStep] as number;
    aSquares += x * x;
    bSquares += y * y;
  }
  // A zero norm gives 0/0 and an infinite one ∞/∞: both end as NaN, which is what they are.
  const aNorm = Math.sqrt(aSquares);
  const bNorm = Math.sqrt(bSquares);
  let sum = 0;
  for (let i = 0; i < length; i++) {
    const difference = (a[aStart + i * aStep] as number) / aNorm - (b[bStart + i * bStep] as number) / bNorm;
    sum += difference * difference;
  }
  return sum / 2;
}

function requireSameLength(a: ArrayLike<number>, b: ArrayLike<number>): void {
  if (a.length !== b.length) throw new RangeError(`vectors of ${a.length} and ${b.length} numbers`);
}

function nullIfNotFinite(distance: number): number | null {
  return Number.isFinite(distance) ? distance : null;
}
