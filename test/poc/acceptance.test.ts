import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AcceptanceRules, judgeAcceptance, neededVotes, passes } from '../../src/poc/acceptance.js';
import { validatorsOf } from '../../src/poc/slots.js';

const oracle = JSON.parse(readFileSync(new URL('../oracles/poc-slots.json', import.meta.url), 'utf8'));
const mapOf = (entries: Record<string, number>) =>
  new Map(Object.entries(entries).map(([address, value]) => [address, BigInt(value)]));
const seed = { appHash: 'c0ffee', participant: 'gonka1p', modelId: 'a/model' };

const rules = (changes: Partial<AcceptanceRules> & { powers?: Record<string, number> } = {}) => {
  const { powers = { a: 60, b: 40 }, ...rest } = changes;
  return {
    validationSlots: 0,
    thresholdBps: 5000n,
    totalNetworkWeight: 100n,
    guardians: new Set<string>(),
    validators: validatorsOf(mapOf(powers)),
    ...rest,
  };
};

describe('the threshold', () => {
  it.each(oracle.threshold_examples as { bps: number; passes: boolean; total: number; votes: number }[])(
    '$votes of $total at $bps passes: $passes',
    ({ bps, passes: expected, total, votes }) => {
      expect(passes(BigInt(votes), BigInt(total), BigInt(bps))).toBe(expected);
      expect(BigInt(votes) >= neededVotes(BigInt(total), BigInt(bps))).toBe(expected);
    },
  );

  it.each([
    ['nothing of nothing', 0n, 0n, 5000n],
    ['something of nothing', 5n, 0n, 5000n],
    ['no votes', 0n, 10n, 1n],
  ])('is not passed by %s', (_name, votes, total, bps) => {
    expect(passes(votes, total, bps)).toBe(false);
  });
});

describe('acceptance by slots', () => {
  it("counts the chain's own slots", () => {
    const judged = judgeAcceptance(
      { appHash: oracle.app_hash, participant: oracle.participant, modelId: oracle.model_id },
      mapOf(oracle.votes),
      rules({
        powers: oracle.voting_powers,
        validationSlots: oracle.validation_slots,
        totalNetworkWeight: BigInt(oracle.total_network_weight),
      }),
    );
    expect(judged).toMatchObject({ sampled: 22n, valid: 22n, invalid: 0n, unvoted: 0n, total: 128n });
    // 22 of 128 are no majority, however all voted.
    expect(judged).toMatchObject({ accepted: false, decidedBy: 'no_validation' });
    const slots = judged.validators.map(({ address, slots }) => [address, slots]);
    expect(Object.fromEntries(slots)).toEqual(oracle.slots_per_validator);
  });
});

describe('acceptance by power', () => {
  it.each([
    ['exactly half is no majority', { a: 50, b: 50 }, { a: 1 }, 100n, [], false, 'no_validation'],
    ['one more is', { a: 51, b: 49 }, { a: 1 }, 100n, [], true, 'majority_valid'],
    ['a vote of zero is against', { a: 51, b: 49 }, { a: 0 }, 100n, [], false, 'majority_invalid'],
    ['a part of the network is not enough', { a: 50 }, { a: 1 }, 101n, [], false, 'no_validation'],
    ['nobody has power', { a: 0 }, { a: 1 }, 100n, ['a'], false, 'no_voting_power'],
    ['there is no power at all', {}, { a: 1 }, 100n, ['a'], false, 'no_voting_power'],
    ['the network has no weight', { a: 50 }, { a: 1 }, 0n, [], false, 'no_validation'],
    ['guardians without power accept', { a: 10 }, { g: 1, h: 5 }, 100n, ['g', 'h'], true, 'guardians'],
    ['guardians against', { a: 10 }, { g: -1 }, 100n, ['g', 'h'], false, 'guardians'],
    ['guardians split', { a: 10 }, { g: 1, h: -1 }, 100n, ['g', 'h'], false, 'guardians'],
    ['guardians who did not vote', { a: 10 }, { a: 1 }, 100n, ['g'], false, 'no_validation'],
    ['a majority comes before guardians', { a: 60 }, { a: 1, g: -1 }, 100n, ['g'], true, 'majority_valid'],
    ['strangers are not used', { a: 10 }, { x: 1 }, 15n, [], false, 'no_validation'],
  ] as const)('%s', (_name, powers, votes, total, guardians, accepted, decidedBy) => {
    const judged = judgeAcceptance(
      seed,
      mapOf(votes as Record<string, number>),
      rules({ powers, totalNetworkWeight: total, guardians: new Set<string>(guardians) }),
    );
    expect(judged).toMatchObject({ accepted, decidedBy });
  });
});

const address = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
const some = fc.record({
  powers: fc.dictionary(address, fc.integer({ min: 0, max: 1000 }), { noNullPrototype: true }),
  votes: fc.array(fc.tuple(address, fc.integer({ min: -2, max: 2 })), { maxLength: 7 }),
  guardians: fc.array(address, { maxLength: 3 }),
  validationSlots: fc.constantFrom(0, 1, 16, 128),
  thresholdBps: fc.constantFrom(1n, 5000n, 6667n),
  totalNetworkWeight: fc.bigInt(0n, 3000n),
});

describe('every judgement', () => {
  it('adds up, and does not hang on the order of votes or powers', () => {
    fc.assert(
      fc.property(some, ({ powers, votes, guardians, ...rest }) => {
        const judge = (entries: [string, number][], list: [string, number][]) =>
          judgeAcceptance(seed, mapOf(Object.fromEntries(list)), {
            ...rest,
            guardians: new Set(guardians),
            validators: validatorsOf(mapOf(Object.fromEntries(entries))),
          });
        const unique = Object.entries(Object.fromEntries(votes));
        const judged = judge(Object.entries(powers), unique);
        const turned = judge(Object.entries(powers).reverse(), [...unique].reverse());
        expect({ ...turned, validators: [] }).toEqual({ ...judged, validators: [] });
        expect(judged.valid + judged.invalid + judged.unvoted).toBe(judged.sampled);
        if (judged.unit === 'slots') {
          const slots = judged.validators.reduce((sum, { slots }) => sum + slots, 0);
          expect(BigInt(slots)).toBe(judged.sampled);
        }
      }),
    );
  });

  it('is never lost by one more valid vote', () => {
    fc.assert(
      fc.property(some, address, ({ powers, votes, guardians, ...rest }, voter) => {
        const judge = (list: [string, number][]) =>
          judgeAcceptance(seed, mapOf(Object.fromEntries(list)), {
            ...rest,
            guardians: new Set(guardians),
            validators: validatorsOf(mapOf(powers)),
          }).accepted;
        if (judge(votes)) expect(judge([...votes, [voter, 1]])).toBe(true);
      }),
    );
  });
});
