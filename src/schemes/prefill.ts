import { distancesByRow } from '../vectors/distance.js';
import { decodeVectorInto, encodeVector, UndecodableVector } from './half-base64.js';
import type { Scheme } from './scheme.js';

/** Longest text of a broken vector that is kept. */
const MAX_KEPT_TEXT = 200;

/** One vector of `k_dim` half-precision numbers a nonce, little-endian, in base64. */
export const prefill: Scheme = {
  name: 'prefill',

  refusal({ encoding, k_dim }) {
    if (encoding === undefined) return null;
    const { dtype, endian = 'le' } = encoding;
    if (dtype !== 'f16' || endian !== 'le') return `encoding ${dtype}/${endian} is not known, only f16/le is`;
    if (encoding.k_dim === undefined || encoding.k_dim === k_dim) return null;
    return `k_dim is ${k_dim}, but ${encoding.k_dim} in its encoding`;
  },

  rowLength: ({ k_dim }) => k_dim,

  requestParams: ({ k_dim }) => ({ k_dim }),

  encoding: ({ k_dim }) => ({ dtype: 'f16', k_dim, endian: 'le' }),

  read({ vector_b64: text, k_points_steps: steps }, out, offset, length) {
    if (text === '' && Array.isArray(steps))
      return { finding: 'decode_only', detail: 'empty, beside k_points_steps', text };
    try {
      decodeVectorInto(text as string, out, offset, length);
    } catch (error) {
      if (!(error instanceof UndecodableVector)) throw error;
      const { reason, message } = error;
      const detail = reason === 'dimension' ? `not ${length} half-precision numbers (${message})` : message;
      return {
        finding: reason,
        detail,
        ...(typeof text === 'string' && { text: text.slice(0, MAX_KEPT_TEXT) }),
      };
    }
    if (out.subarray(offset, offset + length).every(Number.isFinite))
      return { finding: 'vector', detail: '' };
    // Of the many patterns of a NaN, float32 keeps one.
    return { finding: 'non_finite', detail: 'holds a NaN or an infinity', text: text as string };
  },

  write: (row) => ({ vector_b64: encodeVector(row) }),

  compare: distancesByRow,

  oddity(row) {
    const norm = Math.hypot(...row);
    return norm < 0.99 || norm > 1.01 ? 'not of unit length' : null;
  },
};
