import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toDecimal } from '../../src/chain/decimal.js';
import {
  earnedWeight,
  factorText,
  normalisationFactor,
  normalise,
  type StageTime,
} from '../../src/poc/weight.js';

const time = (changes: Partial<StageTime> = {}): StageTime => ({
  normalised: true,
  pocStageDuration: 60,
  pocExchangeDuration: 5,
  generationStart: 1_790_000_000n,
  exchangeEnd: 1_790_000_000n + 352n,
  ...changes,
});

describe('normalisation', () => {
  it.each([
    // 65 blocks × 5.41 s = 351.65 s
    ['slow blocks take a little', time(), '0.999006', 100_000n, 99_900n],
    ['fast blocks give a little', time({ exchangeEnd: 1_790_000_325n }), '1.082', 100_000n, 108_200n],
    ['switched off', time({ normalised: false }), '1', 100_000n, 100_000n],
    ['no start', time({ generationStart: 0n }), '1', 7n, 7n],
    ['no end', time({ exchangeEnd: 0n }), '1', 7n, 7n],
    ['an end before the start', time({ exchangeEnd: 1n }), '1', 7n, 7n],
    ['beyond 2^53', time({ exchangeEnd: 1_790_000_325n }), '1.082', 10n ** 18n, 1_082_000_000_000_000_000n],
    // 541 s over 300 s repeats for ever: the chain keeps 16 digits, and the product falls just below 541.
    [
      'a factor without end',
      time({ exchangeEnd: 1_790_000_300n, pocStageDuration: 95 }),
      '1.803333',
      300n,
      540n,
    ],
  ])('%s', (_name, stage, text, count, expected) => {
    const factor = normalisationFactor(stage);
    expect(factorText(factor)).toBe(text);
    expect(normalise(count, factor)).toBe(expected);
  });

  it('never gives nodes more than the whole commit', () => {
    const weights = fc.array(fc.bigInt(0n, 2n ** 40n), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(weights, fc.bigInt(1n, 10_000n), (list, seconds) => {
        const factor = normalisationFactor(time({ exchangeEnd: 1_790_000_000n + seconds }));
        const nodes = list.map((weight, index) => ({ nodeId: `n${index}`, weight }));
        const count = list.reduce((sum, weight) => sum + weight, 0n);
        const earned = earnedWeight(count, nodes, factor, null);
        expect(earned.nodes.reduce((sum, { raw }) => sum + raw, 0n)).toBeLessThanOrEqual(earned.raw);
      }),
    );
  });
});

describe('what a commit earns', () => {
  const factor = normalisationFactor(time({ normalised: false }));
  const nodes = [
    { nodeId: 'a', weight: 600n },
    { nodeId: 'b', weight: 401n },
  ];
  it.each([
    ['the coefficient cuts towards zero', nodes, toDecimal({ value: 246, exponent: -3 }), 1001n, 246n],
    ['a coefficient that is not known', nodes, null, 1001n, null],
    ['no distribution', null, toDecimal({ value: 1, exponent: 0 }), 0n, 0n],
    ['an empty distribution', [], null, 0n, 0n],
  ])('%s', (_name, list, coefficient, raw, weight) => {
    expect(earnedWeight(1001n, list, factor, coefficient)).toMatchObject({ raw, weight });
  });
});
