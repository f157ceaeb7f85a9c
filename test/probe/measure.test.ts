import ndarray from 'ndarray';
import { describe, expect, it } from 'vitest';
import type { GenerateAnswer } from '../../src/mlnode/answers.js';
import { FINDINGS, measureAnswer, received } from '../../src/probe/measure.js';
import { encodeVector } from '../../src/schemes/half-base64.js';
import { prefill } from '../../src/schemes/prefill.js';

const golden = ndarray(Float32Array.from([1, 0, 0, 1]), [2, 2]);
const nonces = [7, 9];

function measure(artifacts: GenerateAnswer['artifacts']) {
  const measured = measureAnswer(
    { status: 'completed', artifacts: artifacts ?? null },
    nonces,
    golden,
    prefill,
  );
  return { measured, found: [...measured.found].map((code) => FINDINGS[code]) };
}

describe('measuring an answer', () => {
  it('pairs vectors with golden ones by nonce, whatever their order', () => {
    const { measured, found } = measure([
      { nonce: 9, vector_b64: encodeVector([0, 1]) },
      { nonce: 7, vector_b64: encodeVector([0, 1]) },
    ]);
    expect(found).toEqual(['vector', 'vector']);
    expect([...measured.l2]).toEqual([Math.SQRT2, 0]);
    expect(measured.cosine[0]).toBeCloseTo(1, 12);
    expect(received(measured, 0, prefill)).toEqual({ vector_b64: encodeVector([0, 1]) });
  });

  it.each([
    ['a vector left out', [], 'missing'],
    ['a NaN', [{ nonce: 7, vector_b64: 'AH4AAA==' }], 'non_finite'],
    ['an infinity', [{ nonce: 7, vector_b64: 'AHwAAA==' }], 'non_finite'],
    ['another length', [{ nonce: 7, vector_b64: encodeVector([1, 0, 0]) }], 'dimension'],
    ['no base64', [{ nonce: 7, vector_b64: '<script>' }], 'undecodable'],
    ['no text', [{ nonce: 7, vector_b64: 5 }], 'undecodable'],
    ['a prototype', [{ nonce: 7, vector_b64: { toString: 'x' } }], 'undecodable'],
    ['decode steps', [{ nonce: 7, vector_b64: '', k_points_steps: [[1]] }], 'decode_only'],
  ])('counts %s against the node', (_what, artifacts, finding) => {
    const { measured, found } = measure(artifacts);
    expect(found[0]).toBe(finding);
    expect(measured.l2[0]).toBeNaN();
    expect(measured.cosine[0]).toBeNaN();
  });

  it.each([
    ['each NaN', '/38BfA=='],
    ['a NaN beside a number', 'AHgAfg=='],
    ['another length', 'ADwAPAA8'],
    ['no base64', 'left & right'],
  ])('keeps what came to the bit: %s', (_what, text) => {
    const { measured } = measure([{ nonce: 7, vector_b64: text }]);
    expect(received(measured, 0, prefill)).toEqual({ vector_b64: text });
  });

  it('takes equal duplicates as one, and conflicting ones as a mismatch', () => {
    const one = { nonce: 7, vector_b64: encodeVector([1, 0]) };
    const other = { nonce: 7, vector_b64: encodeVector([0, 1]) };
    expect(measure([one, one]).found[0]).toBe('vector');
    expect(measure([one, other]).found[0]).toBe('conflicting');
    expect(measure([one, other, one]).found[0]).toBe('conflicting');
  });

  it('counts vectors that nobody asked for, and does not believe them', () => {
    const { measured, found } = measure([{ nonce: 8, vector_b64: encodeVector([1, 0]) }]);
    expect(found).toEqual(['missing', 'missing']);
    expect(measured.strangers).toBe(1);
  });
});
