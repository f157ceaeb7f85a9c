import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Choice } from '../../../src/chain/choice.js';
import { ONE, toDecimal, ZERO } from '../../../src/chain/decimal.js';
import {
  judgePreEligibility,
  type Member,
  type PreEligibilityRules,
  preEligibilityNeeds,
  preEligibilityRange,
} from '../../../src/chain/rules/pre-eligibility.js';

const rules = (changes: Partial<PreEligibilityRules> = {}): PreEligibilityRules => ({
  vMin: 0,
  wThreshold: ZERO,
  weightScaleFactor: ONE,
  ...changes,
});

const INTENT: Choice = { kind: 'intent' };
const NONE: Choice = { kind: 'none' };
const delegation = (delegateTo: string): Choice => ({ kind: 'delegation', delegateTo });

/** Members named a, b, c, … */
const members = (...entries: [bigint | number, Choice][]): Member[] =>
  entries.map(([weight, choice], index) => ({
    address: String.fromCharCode(97 + index),
    weight: BigInt(weight),
    choice,
  }));

describe('reachability', () => {
  it.each([
    ['exactly two thirds are not enough', members([2, INTENT], [1, NONE]), false],
    ['one more is', members([201, INTENT], [100, NONE]), true],
    ['exactly two thirds beyond 2^53', members([2n ** 60n * 2n, INTENT], [2n ** 60n, NONE]), false],
    ['one more beyond 2^53', members([2n ** 60n * 2n + 1n, INTENT], [2n ** 60n, NONE]), true],
    ['no weight at all', [], false],
    ['a delegation to an intent host counts', members([3, INTENT], [3, delegation('a')], [2, NONE]), true],
    ['a delegation to anybody else does not', members([3, INTENT], [3, delegation('c')], [2, NONE]), false],
    ['a delegation to nobody known does not', members([3, INTENT], [3, delegation('z')], [2, NONE]), false],
    ['a refusal does not', members([3, INTENT], [3, { kind: 'refusal' }], [2, NONE]), false],
  ])('%s', (_name, list, expected) => {
    const judged = judgePreEligibility(list, rules());
    expect(judged.meetsReachability).toBe(expected);
    expect(judged.preEligible).toBe(expected);
  });
});

describe('weight threshold', () => {
  const oneThird = toDecimal({ value: '333333333333333333333', exponent: -21 });
  it.each([
    ['exactly at it', toDecimal({ value: 3, exponent: -1 }), 300n, 700n, true],
    ['one below', toDecimal({ value: 3, exponent: -1 }), 299n, 701n, false],
    ['cut towards zero: 0.3 of 11 is 3', toDecimal({ value: 3, exponent: -1 }), 3n, 8n, true],
    ['zero without a question', ZERO, 0n, 10n, true],
    ['a decimal beyond 2^53', oneThird, 333n, 667n, true],
    ['a weight beyond 2^53', toDecimal({ value: 5, exponent: -1 }), 2n ** 70n, 2n ** 70n, true],
    ['one less beyond 2^53', toDecimal({ value: 5, exponent: -1 }), 2n ** 70n - 1n, 2n ** 70n + 1n, false],
    ['a threshold above one', toDecimal({ value: 2, exponent: 0 }), 10n, 0n, false],
  ])('%s', (_name, wThreshold, intent, other, expected) => {
    const judged = judgePreEligibility(members([intent, INTENT], [other, NONE]), rules({ wThreshold }));
    expect(judged.meetsWeightThreshold).toBe(expected);
  });
});

describe('number of intent hosts', () => {
  it.each([
    [-1, true],
    [0, true],
    [2, true],
    [3, false],
  ])('v_min %i with two of them', (vMin, expected) => {
    const list = members([5, INTENT], [5, INTENT], [1, NONE]);
    const judged = judgePreEligibility(list, rules({ vMin }));
    expect(judged.meetsVMin).toBe(expected);
    expect(judged.intentHostCount).toBe(2);
    expect(preEligibilityNeeds(judged, rules({ vMin })).intentHosts.missing).toBe(vMin === 3 ? 1 : 0);
  });
});

it('needs a positive scale factor', () => {
  const judged = judgePreEligibility(members([1, INTENT]), rules({ weightScaleFactor: ZERO }));
  expect(judged).toMatchObject({ meetsReachability: true, preEligible: false });
});

describe('any network', () => {
  const anyMembers = fc
    .array(fc.record({ weight: fc.bigInt({ min: 1n, max: 2n ** 64n }), pick: fc.nat(5), to: fc.nat(30) }), {
      maxLength: 30,
    })
    .map((list) =>
      list.map(
        ({ weight, pick, to }, index): Member => ({
          address: `h${index}`,
          weight,
          choice:
            pick < 2
              ? INTENT
              : pick === 2
                ? { kind: 'refusal' }
                : pick === 3
                  ? NONE
                  : delegation(`h${to % list.length}`),
        }),
      ),
    );
  const anyRules = fc
    .record({ vMin: fc.integer({ min: -1, max: 10 }), percent: fc.integer({ min: 0, max: 100 }) })
    .map(({ vMin, percent }) => rules({ vMin, wThreshold: toDecimal({ value: percent, exponent: -2 }) }));

  it('intents are reachable, and what is reachable is in the network', () => {
    fc.assert(
      fc.property(anyMembers, anyRules, (list, given) => {
        const judged = judgePreEligibility(list, given);
        expect(judged.intentWeight).toBeLessThanOrEqual(judged.reachableVotingPower);
        expect(judged.reachableVotingPower).toBeLessThanOrEqual(judged.totalNetworkWeight);
        expect(judged.meetsReachability).toBe(
          judged.totalNetworkWeight > 0n && 3n * judged.reachableVotingPower > 2n * judged.totalNetworkWeight,
        );
      }),
    );
  });

  it('meets a need when exactly what was missing is added', () => {
    fc.assert(
      fc.property(anyMembers, anyRules, (list, given) => {
        const judged = judgePreEligibility(list, given);
        const { reachableVotingPower } = preEligibilityNeeds(judged, given);
        const reached = judged.reachableVotingPower + reachableVotingPower.missing;
        expect(3n * reached).toBeGreaterThan(2n * judged.totalNetworkWeight);
        if (reachableVotingPower.missing > 0n)
          expect(3n * (reached - 1n)).toBeLessThanOrEqual(2n * judged.totalNetworkWeight);
      }),
    );
  });

  it('lies in its range, whichever choices are unknown', () => {
    fc.assert(
      fc.property(anyMembers, anyRules, fc.array(fc.boolean()), (list, given, mask) => {
        const unknown = list.filter((_, index) => mask[index] === true);
        const known = list.filter((_, index) => mask[index] !== true);
        const truth = judgePreEligibility(list, given);
        const { low, high } = preEligibilityRange(known, unknown, given);
        for (const key of ['intentWeight', 'reachableVotingPower', 'intentHostCount'] as const) {
          expect(low[key]).toBeLessThanOrEqual(truth[key]);
          expect(truth[key]).toBeLessThanOrEqual(high[key]);
        }
        expect(Number(low.preEligible)).toBeLessThanOrEqual(Number(truth.preEligible));
        expect(Number(truth.preEligible)).toBeLessThanOrEqual(Number(high.preEligible));
        expect(low.totalNetworkWeight).toBe(truth.totalNetworkWeight);
      }),
    );
  });
});
