import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toDecimal } from '../../../src/chain/decimal.js';
import {
  type CostInputs,
  costOf,
  OUTCOMES,
  penaltyLoss,
  RULE_SETS,
  type RuleSet,
  STANDINGS,
  type Standing,
} from '../../../src/chain/rules/costs.js';
import { chooseRules } from '../../../src/chain/rules/rule-set.js';

const hundredths = (value: number) => toDecimal({ value, exponent: -2 });

const params = {
  deployWindow: 500,
  refusalPenalty: hundredths(10),
  noParticipationPenalty: hundredths(15),
  delegationShare: hundredths(5),
  wThreshold: hundredths(30),
  vMin: 3,
  maxModelVotingPowerPercentage: hundredths(30),
};

const inputs = (changes: Partial<CostInputs> = {}): CostInputs => ({
  ruleSet: 'guide',
  params,
  weight: 1000n,
  penaltyStartEpoch: 0,
  upcomingEpoch: 251,
  otherPenalties: [],
  ...changes,
});

/** Cells as the record writes them: not pre-eligible / pre-eligible only / eligible, in percent. */
const RECORD: [RuleSet, Standing, string][] = [
  ['guide', 'commits', '0 / 0 / 0'],
  ['guide', 'intent_without_commits', '0 / 15 / 15'],
  ['guide', 'delegation_counts', '0 / 0 / 5 moved'],
  ['guide', 'delegation_does_not_count', '0 / 0 / 15'],
  ['guide', 'refusal', '0 / 0 / 10'],
  ['guide', 'nothing', '15 / 15 / 15'],
  ['v0.2.13', 'commits', '0 / 0 / 0'],
  ['v0.2.13', 'intent_without_commits', '0 / 15 / 15'],
  ['v0.2.13', 'delegation_counts', '0 / 0 / 5 moved'],
  ['v0.2.13', 'delegation_does_not_count', '0 / 0 / 15'],
  ['v0.2.13', 'refusal', '15 / 15 / 10'],
  ['v0.2.13', 'nothing', '15 / 15 / 15'],
  ['launching-only', 'commits', '0 / 0 / 0'],
  ['launching-only', 'intent_without_commits', '0 / 15 / 15'],
  ['launching-only', 'delegation_counts', '0 / 0 / 5 moved'],
  ['launching-only', 'delegation_does_not_count', '0 / 0 / 15'],
  ['launching-only', 'refusal', '0 / 15 / 10'],
  ['launching-only', 'nothing', '0 / 15 / 15'],
];

describe('cost of a choice', () => {
  it.each(RECORD)('%s: %s costs %s', (ruleSet, standing, expected) => {
    const cells = OUTCOMES.map((outcome) => costOf(standing, outcome, inputs({ ruleSet })));
    const text = cells.map(
      ({ charge, fraction }) => `${fraction.times(100).toFixed()}${charge === 'moved' ? ' moved' : ''}`,
    );
    expect(text.join(' / ')).toBe(expected);
    expect(cells.map(({ amount }) => amount)).toEqual(
      cells.map(({ fraction }) => BigInt(fraction.times(1000).toFixed())),
    );
  });

  it('has a row for every rule set and standing', () => {
    expect(RECORD).toHaveLength(RULE_SETS.length * STANDINGS.length);
  });

  it.each([
    [0, 251, 150n],
    [251, 251, 150n],
    [252, 251, 0n],
  ])('with penalties from epoch %i costs %i in epoch 251', (penaltyStartEpoch, upcomingEpoch, amount) => {
    const cost = costOf('nothing', 'eligible', inputs({ penaltyStartEpoch, upcomingEpoch }));
    expect(cost.amount).toBe(amount);
  });

  it('cuts towards zero', () => {
    expect(costOf('nothing', 'eligible', inputs({ weight: 19n })).amount).toBe(2n);
    expect(costOf('refusal', 'eligible', inputs({ weight: 9n })).amount).toBe(0n);
  });

  it('is exact beyond 2^53', () => {
    const weight = 2n ** 70n + 7n;
    expect(costOf('nothing', 'eligible', inputs({ weight })).amount).toBe((weight * 15n) / 100n);
  });

  it('adds up over models, and never takes more than everything', () => {
    expect(penaltyLoss([hundredths(15), hundredths(10)], 1000n)).toBe(250n);
    expect(penaltyLoss([hundredths(60), hundredths(60)], 1000n)).toBe(1000n);
    const nearlyAll = inputs({ otherPenalties: [hundredths(95)] });
    expect(costOf('nothing', 'eligible', nearlyAll).amount).toBe(50n);
    expect(costOf('delegation_counts', 'eligible', nearlyAll).amount).toBe(50n);
  });

  it('never exceeds the weight, and never shrinks when it grows', () => {
    const weights = fc.bigInt({ min: 0n, max: 2n ** 80n });
    fc.assert(
      fc.property(weights, weights, fc.array(fc.integer({ min: 0, max: 100 })), (a, b, percents) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        const fractions = percents.map(hundredths);
        expect(penaltyLoss(fractions, low)).toBeLessThanOrEqual(penaltyLoss(fractions, high));
        expect(penaltyLoss(fractions, high)).toBeLessThanOrEqual(high);
      }),
    );
  });
});

describe('rule set', () => {
  it.each([
    ['v0.2.13', 'v0.2.13', 'weight'],
    ['0.2.9', 'v0.2.13', 'weight'],
    ['v0.2.14', 'launching-only', 'reward'],
    ['0.2.14-rc1', 'launching-only', 'reward'],
    ['v0.3.0', 'launching-only', 'reward'],
    ['v1.0.0', 'launching-only', 'reward'],
    ['', 'guide', 'weight'],
    ['develop', 'guide', 'weight'],
  ])('of chain version "%s" is %s, taken from %s', (version, ruleSet, takenFrom) => {
    expect(chooseRules('auto', version, undefined)).toMatchObject({ ruleSet, takenFrom });
  });

  it("is the guide's at the guide's heights, and what was asked for otherwise", () => {
    expect(chooseRules('auto', 'v0.2.16', 3_873_996)).toMatchObject({
      ruleSet: 'guide',
      takenFrom: 'weight',
    });
    expect(chooseRules('guide', 'v0.2.16', undefined)).toMatchObject({
      ruleSet: 'guide',
      takenFrom: 'reward',
    });
    expect(chooseRules('launching-only', '', undefined)).toMatchObject({ takenFrom: 'reward' });
  });
});
