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
  return nullIfNotFinite(distancesOf(a, b).l2);
}

/**
 * Cosine distance 1 − cos(a, b), computed as ½‖a/‖a‖ − b/‖b‖‖². This form keeps its digits where the cosine
 * is near 1; `1 − cos` would lose them.
 *
 * @param a first vector, shape [k]
 * @param b second vector, shape [k]
 * @returns a number in [0, 2]; null when a vector is zero or a value is not finite
 * @throws RangeError when the lengths differ
 */
export function cosineDistance(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  return nullIfNotFinite(distancesOf(a, b).cosine);
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
    measurePair(a.data, aStart, aStep, b.data, bStart, bStep, kDim, l2, cosine, row);
  }
}

/** Both distances of one pair, NaN where there is none. */
function distancesOf(a: ArrayLike<number>, b: ArrayLike<number>): { l2: number; cosine: number } {
  if (a.length !== b.length) throw new RangeError(`vectors of ${a.length} and ${b.length} numbers`);
  const l2 = new Float64Array(1);
  const cosine = new Float64Array(1);
  measurePair(a, 0, 1, b, 0, 1, a.length, l2, cosine, 0);
  return { l2: l2[0] as number, cosine: cosine[0] as number };
}

/** One pass for the difference and both norms, a second for the difference of the unit vectors. */
function measurePair(
  a: ArrayLike<number>,
  aStart: number,
  aStep: number,
  b: ArrayLike<number>,
  bStart: number,
  bStep: number,
  length: number,
  l2: Float64Array,
  cosine: Float64Array,
  row: number,
): void {
  let differenceSquares = 0;
  let aSquares = 0;
  let bSquares = 0;
  for (let i = 0; i < length; i++) {
    const x = a[aStart + i * aStep] as number;
    const y = b[bStart + i * bStep] as number;
    differenceSquares += (x - y) * (x - y);
    aSquares += x * x;
    bSquares += y * y;
  }
  l2[row] = Math.sqrt(differenceSquares);

  // A zero norm gives 0·∞ and an infinite norm ∞·0. Both become NaN, which is the correct result.
  const aScale = 1 / Math.sqrt(aSquares);
  const bScale = 1 / Math.sqrt(bSquares);
  let unitSquares = 0;
  for (let i = 0; i < length; i++) {
    const difference =
      (a[aStart + i * aStep] as number) * aScale - (b[bStart + i * bStep] as number) * bScale;
    unitSquares += difference * difference;
  }
  cosine[row] = unitSquares / 2;
}

function nullIfNotFinite(distance: number): number | null {
  return Number.isFinite(distance) ? distance : null;
}
