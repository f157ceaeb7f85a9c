import { decodeHalf, encodeHalf } from './half.js';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Why a `vector_b64` is not a vector of the wanted dimension. */
export type UndecodableReason = 'undecodable' | 'dimension';

/** Thrown for text that is not a vector; `reason` distinguishes bad base64 from a wrong length. */
export class UndecodableVector extends Error {
  override name = 'UndecodableVector';
  constructor(
    readonly reason: UndecodableReason,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Decodes one vector: base64 of `kDim` little-endian half-precision numbers.
 *
 * @param base64 the wire's `vector_b64`
 * @param kDim how many numbers it must contain
 * @returns float32 values, shape [kDim]; they may be non-finite, since the bits of a NaN are valid bits
 * @throws UndecodableVector on malformed base64 or another length
 */
export function decodeVector(base64: string, kDim: number): Float32Array {
  const out = new Float32Array(kDim);
  decodeVectorInto(base64, out, 0, kDim);
  return out;
}

/** `decodeVector` into `out[offset … offset + kDim)`, for arrays that hold many vectors. */
export function decodeVectorInto(base64: string, out: Float32Array, offset: number, kDim: number): void {
  // Buffer.from skips characters that are not base64, so the form is checked first.
  if (typeof base64 !== 'string' || !BASE64.test(base64)) {
    throw new UndecodableVector('undecodable', 'not base64');
  }
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length !== 2 * kDim) {
    throw new UndecodableVector('dimension', `${bytes.length} bytes where ${2 * kDim} are needed`);
  }
  for (let i = 0; i < kDim; i++) {
    out[offset + i] = decodeHalf((bytes[2 * i] as number) | ((bytes[2 * i + 1] as number) << 8));
  }
}

/** The wire form of a vector, each number rounded to half precision. */
export function encodeVector(vector: ArrayLike<number>): string {
  const bytes = Buffer.alloc(2 * vector.length);
  for (let i = 0; i < vector.length; i++) bytes.writeUInt16LE(encodeHalf(vector[i] as number), 2 * i);
  return bytes.toString('base64');
}
