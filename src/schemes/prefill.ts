import { distancesByRow } from '../vectors/distance.js';
import { decodeVectorInto, encodeVector, UndecodableVector } from './half-base64.js';
import type { Scheme, VectorForm } from './scheme.js';

/** Longest text of a broken vector that is kept. */
const MAX_KEPT_TEXT = 200;

/** One vector of `k_dim` half-precision numbers per nonce, little-endian, in base64. */
export const prefill: Scheme = {
  name: 'prefill',
  judgedBy: 'distance',

  refusal({ encoding, k_dim, decode: flag }) {
    if (flag === true) return 'its scheme is prefill, but decode is true';
    if (k_dim === undefined) return 'k_dim is missing';
    if (encoding === undefined) return null;
    const { dtype, endian = 'le' } = encoding;
    if (dtype !== 'f16' || endian !== 'le') return `encoding ${dtype}/${endian} is not known, only f16/le is`;
    if (encoding.k_dim === undefined || encoding.k_dim === k_dim) return null;
    return `k_dim is ${k_dim}, but ${encoding.k_dim} in its encoding`;
  },

  rowLength: kDimOf,

  requestParams: (form) => ({ k_dim: kDimOf(form) }),

  encoding: (form) => ({ dtype: 'f16', k_dim: kDimOf(form), endian: 'le' }),

  read({ vector_b64: text, k_points_steps: steps }, out, offset, length) {
    if (text === '' && Array.isArray(steps))
      return { finding: 'decode_only', detail: 'vector_b64 is empty, but there are k_points_steps', text };
    try {
      decodeVectorInto(text as string, out, offset, length);
    } catch (error) {
      if (!(error instanceof UndecodableVector)) throw error;
      const { reason, message } = error;
      const detail = reason === 'dimension' ? `not ${length} half-precision numbers (${message})` : message;
      return {
        finding: reason,
        detail: `vector_b64 is ${detail}`,
        ...(typeof text === 'string' && { text: text.slice(0, MAX_KEPT_TEXT) }),
      };
    }
    if (out.subarray(offset, offset + length).every(Number.isFinite))
      return { finding: 'vector', detail: '' };
    // NaN has many bit patterns. float32 keeps one.
    return { finding: 'non_finite', detail: 'the vector holds a NaN or an infinity', text: text as string };
  },

  write: (row) => ({ vector_b64: encodeVector(row) }),

  compare(a, b, { l2, cosine }) {
    distancesByRow(a, b, l2, cosine);
  },

  oddity(row) {
    const norm = Math.hypot(...row);
    return norm < 0.99 || norm > 1.01 ? 'not of unit length' : null;
  },
};

function kDimOf({ k_dim }: VectorForm): number {
  if (k_dim === undefined) throw new RangeError('a prefill form without k_dim');
  return k_dim;
}
