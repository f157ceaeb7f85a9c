import fc from 'fast-check';
import ndarray from 'ndarray';
import { describe, expect, it } from 'vitest';
import { decode } from '../../src/schemes/decode.js';
import { findScheme } from '../../src/schemes/index.js';
import { emptyCompared } from '../../src/schemes/scheme.js';

const chain = fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 9, maxLength: 9 });

describe('the decode scheme', () => {
  it.each([
    [{ decode: true }],
    [{ scheme: 'decode' }],
    [{ scheme: 'decode', decode: true }],
    [{ decode_max_tokens: 8 }],
  ])('is what %o is of', (form) => {
    expect(findScheme(form)).toBe(decode);
  });

  it('asks for one token less than a chain has steps, without a k_dim', () => {
    expect(decode.rowLength({ decode_max_tokens: 256 })).toBe(257);
    expect(decode.rowLength({})).toBe(257);
    expect(decode.requestParams({ decode: true, decode_max_tokens: 8 })).toEqual({
      decode: true,
      max_tokens: 8,
    });
    expect(decode.requestParams({ scheme: 'decode', max_tokens: 8, route_window: 4 })).toEqual({
      scheme: 'decode',
      decode: true,
      max_tokens: 8,
      route_window: 4,
    });
  });

  it('writes what it has read', () => {
    fc.assert(
      fc.property(chain, (steps) => {
        const row = new Float32Array(9);
        const artifact = { nonce: 0, vector_b64: '', k_points_steps: steps };
        expect(decode.read(artifact, row, 0, 9)).toEqual({ finding: 'vector', detail: '' });
        expect(decode.write(row)).toEqual({ vector_b64: '', k_points_steps: steps });
      }),
    );
  });

  it.each([
    ['a vector', { vector_b64: 'AAAA' }, 'prefill_only'],
    ['nothing', { vector_b64: '' }, 'undecodable'],
    ['too few steps', { k_points_steps: [1] }, 'dimension'],
    ['a step above 15', { k_points_steps: [16, 0] }, 'undecodable'],
    ['a step below −1', { k_points_steps: [-2, 0] }, 'undecodable'],
    ['a broken step', { k_points_steps: [0.5, 0] }, 'undecodable'],
    ['a text as step', { k_points_steps: ['1', 0] }, 'undecodable'],
    ['a step that was not finite', { k_points_steps: [3, -1] }, 'non_finite'],
  ])('tells %s from a chain', (_what, content, finding) => {
    expect(decode.read({ nonce: 1, ...content }, new Float32Array(2), 0, 2)).toMatchObject({ finding });
  });

  it('finds the first step at which two chains part, and no distance', () => {
    fc.assert(
      fc.property(chain, fc.nat(8), fc.integer({ min: 1, max: 15 }), (steps, at, by) => {
        const other = steps.map((step, index) => (index === at ? (step + by) % 16 : step));
        const rows = (values: number[]) => ndarray(Float32Array.from([...steps, ...values]), [2, 9]);
        const compared = emptyCompared(2);
        decode.compare(rows(steps), rows(other), compared);
        expect([...compared.divergence]).toEqual([-1, at]);
        expect([...compared.l2, ...compared.cosine].every(Number.isNaN)).toBe(true);
      }),
    );
  });

  it.each([
    [{ k_dim: 12, decode: true }, 'a decode reference must not have k_dim'],
    [{ decode: true, decode_max_tokens: 8, max_tokens: 9 }, 'decode_max_tokens is 8, but max_tokens 9'],
    [{ decode: true, decode_max_tokens: 8, max_tokens: 8 }, null],
    [{ scheme: 'decode', decode: false }, 'its scheme is decode, but decode is false'],
  ])('says why it cannot read %o', (form, refusal) => {
    expect(decode.refusal(form)).toBe(refusal);
  });
});
