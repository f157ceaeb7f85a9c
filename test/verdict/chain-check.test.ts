import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckedNonce, GenerateAnswer } from '../../src/mlnode/answers.js';
import { readChainCheck } from '../../src/verdict/chain-check.js';

const asked = { nonces: [1, 2, 3], steps: 4, tau: 0.025 };
const answer = (more: Partial<GenerateAnswer>): GenerateAnswer => ({
  status: 'completed',
  n_total: 3,
  n_mismatch: 0,
  mismatch_nonces: [],
  ...more,
});
const each = (nonce: number, margin: number, more: Partial<CheckedNonce> = {}): CheckedNonce => ({
  nonce,
  n_sphere_mismatches: margin > 0 ? 1 : 0,
  n_steps: 4,
  mismatch_margin_max: margin,
  mismatch: margin > 0.025,
  ...more,
});

describe("an engine's check of chains", () => {
  it('tests all that it counts, one by one', () => {
    expect(readChainCheck(answer({ n_mismatch: 1, mismatch_nonces: [2] }), asked)).toMatchObject({
      tested_nonces: [1, 2, 3],
      mismatch_nonces: [2],
      margins: null,
      is_pooled: false,
    });
  });

  it.each<[what: string, more: Partial<GenerateAnswer>, tested: number[]]>([
    ['fewer nonces than were asked, and nobody says which', { n_total: 2 }, []],
    ['a nonce that it left out', { n_total: 2, n_excluded: 1, excluded_nonces: [2] }, [1, 3]],
    ['a number of left-out nonces without their names', { n_total: 2, n_excluded: 1 }, []],
    ['left-out nonces that are counted all the same', { excluded_nonces: [2] }, []],
    ['some nonces by name', { n_total: 2, per_nonce: [each(1, 0), each(3, 0)] }, [1, 3]],
    ['a nonce without a step', { per_nonce: [each(1, 0), each(2, 0, { n_steps: 0 }), each(3, 0)] }, [1, 3]],
    ['every step of an older build', { n_total: 12 }, [1, 2, 3]],
    ['some steps of an older build', { n_total: 11 }, []],
  ])('takes nothing for good of %s', (_what, more, tested) => {
    expect(readChainCheck(answer(more), asked)).toMatchObject({ tested_nonces: tested, mismatch_nonces: [] });
  });

  it.each<[what: string, more: Partial<GenerateAnswer>, why: string]>([
    ['other nonces', { mismatch_nonces: [7], n_mismatch: 1 }, 'names nonce 7, which was not asked for'],
    ['other nonces one by one', { per_nonce: [each(9, 0)] }, 'names nonce 9'],
    ['other left-out nonces', { excluded_nonces: [8] }, 'names nonce 8'],
    ['a nonce twice', { per_nonce: [each(1, 0), each(1, 1)] }, 'names a nonce twice'],
    ['more steps than there are', { n_total: 13 }, 'counts 0 of 13'],
    ['more mismatches than nonces', { n_mismatch: 4 }, 'counts 4 of 3'],
    [
      'mismatches that it does not name',
      { n_mismatch: 2, mismatch_nonces: [1] },
      'counts 2 mismatches and names 1',
    ],
  ])('is not believed of %s', (_what, more, why) => {
    expect(readChainCheck(answer(more), asked)).toContain(why);
  });

  it('needs its counts', () => {
    expect(readChainCheck({ status: 'completed' }, asked)).toBe('a check without its counts');
  });

  it('goes by the margin and tau where both are told, and says where the engine did not', () => {
    const per_nonce = [
      each(1, 0.03, { mismatch: false }),
      each(2, 0.02),
      each(3, 0.5, { n_sphere_mismatches: 0, mismatch: false }),
    ];
    expect(readChainCheck(answer({ per_nonce }), asked)).toMatchObject({
      mismatch_nonces: [1],
      called_otherwise: 1,
      margins: [
        { nonce: 1, margin: 0.03 },
        { nonce: 2, margin: 0.02 },
        { nonce: 3, margin: 0 },
      ],
    });
  });

  it('never tests a nonce that was not asked for, whatever it says', () => {
    const nonces = fc.array(fc.nat(6), { maxLength: 6 });
    fc.assert(
      fc.property(
        fc.nat(14),
        fc.nat(14),
        nonces,
        nonces,
        fc.option(nonces),
        (total, bad, listed, left, own) => {
          const read = readChainCheck(
            answer({
              ...{ n_total: total, n_mismatch: bad, mismatch_nonces: listed, excluded_nonces: left },
              ...(own !== null && { per_nonce: own.map((nonce) => each(nonce, 0)) }),
            }),
            asked,
          );
          if (typeof read === 'string') return;
          const tested = new Set(read.tested_nonces);
          expect([...tested].every((nonce) => asked.nonces.includes(nonce))).toBe(true);
          expect(read.excluded_nonces.some((nonce) => tested.has(nonce))).toBe(false);
          expect(read.mismatch_nonces.every((nonce) => tested.has(nonce))).toBe(true);
        },
      ),
    );
  });
});
