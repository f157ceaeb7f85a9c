import { normals } from './random.js';

/** Everything except the nonce on which a PoC vector depends. */
export interface PocInputs {
  model: string;
  seqLen: number;
  kDim: number;
  blockHash: string;
  publicKey: string;
  strongerRng: boolean;
}

/** A text key: equal inputs have the same key, different inputs have different keys. */
export function inputsKey({ model, seqLen, kDim, blockHash, publicKey, strongerRng }: PocInputs): string {
  return JSON.stringify([model, seqLen, kDim, blockHash, publicKey, strongerRng]);
}

/**
 * The vector of a nonce without a reference vector: a unit vector, shape [kDim], that depends only on its
 * inputs.
 */
export function derivedVector(inputs: PocInputs, nonce: number): Float64Array {
  return unitVector(`vector ${inputsKey(inputs)} ${nonce}`, inputs.kDim);
}

/**
 * A vector at a given L2 distance from another one. It has the same length, so both are on the sphere; the
 * direction depends on the key.
 *
 * @param distance at most twice the vector's length
 */
export function atDistance(vector: ArrayLike<number>, distance: number, key: string): Float64Array {
  const length = norm(vector);
  const axis = Float64Array.from(vector, (x) => x / length);
  const other = unitVector(`direction ${key}`, vector.length);
  const along = dot(other, axis);
  const tangent = other.map((x, i) => x - along * (axis[i] as number));
  const tangentLength = norm(tangent);
  // In one dimension there is no direction to turn to.
  if (tangentLength < 1e-9) return Float64Array.from(vector);
  const angle = 2 * Math.asin(Math.min(1, distance / (2 * length)));
  const forth = length * Math.cos(angle);
  const aside = (length * Math.sin(angle)) / tangentLength;
  return axis.map((x, i) => forth * x + aside * (tangent[i] as number));
}

function unitVector(key: string, kDim: number): Float64Array {
  const values = Float64Array.from(normals(key, kDim));
  const length = norm(values);
  return values.map((x) => x / length);
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function norm(vector: ArrayLike<number>): number {
  return Math.sqrt(dot(vector, vector));
}
