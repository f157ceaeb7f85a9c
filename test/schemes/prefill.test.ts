import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeVector } from '../../src/schemes/half-base64.js';
import { findScheme, schemeOf } from '../../src/schemes/index.js';
import { prefill } from '../../src/schemes/prefill.js';

const half = fc.integer({ min: 0, max: 0xffff }).filter((bits) => (bits & 0x7c00) !== 0x7c00);

describe('the prefill scheme', () => {
  it('is what a form without a scheme is of', () => {
    expect(findScheme({})).toBe(prefill);
    expect(findScheme({ scheme: 'prefill' })).toBe(prefill);
    expect(findScheme({ scheme: 'nobody' })).toBeUndefined();
    expect(() => schemeOf({ scheme: 'nobody' })).toThrow('unknown scheme nobody');
  });

  it('writes what it has read, to the bit', () => {
    fc.assert(
      fc.property(fc.array(half, { minLength: 12, maxLength: 12 }), (bits) => {
        const bytes = Buffer.alloc(24);
        bits.forEach((value, index) => {
          bytes.writeUInt16LE(value, 2 * index);
        });
        const text = bytes.toString('base64');
        const row = new Float32Array(12);
        expect(prefill.read({ nonce: 0, vector_b64: text }, row, 0, 12).finding).toBe('vector');
        expect(prefill.write(row)).toEqual({ vector_b64: text });
      }),
    );
  });

  it.each([
    ['a NaN', { vector_b64: 'AH4AAA==' }, 'non_finite'],
    ['another length', { vector_b64: encodeVector([1, 0, 0]) }, 'dimension'],
    ['no base64', { vector_b64: '<script>' }, 'undecodable'],
    ['no text', {}, 'undecodable'],
    ['decode steps', { vector_b64: '', k_points_steps: [1] }, 'decode_only'],
  ])('tells %s from a vector', (_what, content, finding) => {
    expect(prefill.read({ nonce: 7, ...content }, new Float32Array(2), 0, 2)).toMatchObject({ finding });
  });

  it.each([
    [{ k_dim: 12, encoding: { dtype: 'f32' } }, 'encoding f32/le is not known, only f16/le is'],
    [{ k_dim: 12, encoding: { dtype: 'f16', endian: 'be' } }, 'encoding f16/be is not known, only f16/le is'],
    [{ k_dim: 12, encoding: { dtype: 'f16', k_dim: 8 } }, 'k_dim is 12, but 8 in its encoding'],
    [{ k_dim: 12, encoding: { dtype: 'f16', k_dim: 12, endian: 'le' } }, null],
  ])('says why it cannot read %o', (form, refusal) => {
    expect(prefill.refusal(form)).toBe(refusal);
  });
});
