import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampledSlotCount, slotOwners, validatorsOf } from '../../src/poc/slots.js';

/** Computed by the chain's own code. */
const oracle = JSON.parse(readFileSync(new URL('../oracles/poc-slots.json', import.meta.url), 'utf8'));
const powersOf = (entries: Record<string, number>) =>
  new Map(Object.entries(entries).map(([address, power]) => [address, BigInt(power)]));
const seed = { appHash: oracle.app_hash, participant: oracle.participant, modelId: oracle.model_id };

describe('slots of a participant', () => {
  it("are the chain's own", () => {
    const validators = validatorsOf(powersOf(oracle.voting_powers));
    expect(validators.total).toBe(BigInt(oracle.model_voting_power));
    const count = sampledSlotCount(
      oracle.validation_slots,
      validators.total,
      BigInt(oracle.total_network_weight),
    );
    expect(count).toBe(oracle.sampled_slots);
    const owners = [...slotOwners(seed, validators, count)].map((place) => validators.addresses[place]);
    expect(owners).toEqual(oracle.slots);
  });

  it.each([
    ['the whole network', 128, 100n, 100n, 128],
    ['more than the network', 128, 101n, 100n, 128],
    ['nearly all, cut off', 128, 99n, 100n, 126],
    ['a network without weight', 128, 1n, 0n, 128],
    ['no power', 128, 0n, 100n, 0],
    ['beyond 2^53', 7, 2n ** 60n, 2n ** 61n, 3],
  ])('count for %s', (_name, slots, power, total, expected) => {
    expect(sampledSlotCount(slots, power, total)).toBe(expected);
  });

  it('go to nobody where nobody has power', () => {
    expect(slotOwners(seed, validatorsOf(new Map([['a', 0n]])), 5)).toHaveLength(0);
  });

  it('add up, whatever the order of the powers, and none goes to a power of zero', () => {
    const powers = fc.array(fc.bigInt(0n, 2n ** 64n), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(powers, fc.integer({ min: 0, max: 64 }), fc.string(), (list, count, appHash) => {
        const entries = list.map((power, index) => [`gonka1${index}`, power] as const);
        const here = validatorsOf(new Map(entries));
        const there = validatorsOf(new Map([...entries].reverse()));
        const owners = slotOwners({ ...seed, appHash }, here, count);
        expect(owners).toEqual(slotOwners({ ...seed, appHash }, there, count));
        expect(owners).toHaveLength(here.total === 0n ? 0 : count);
        for (const owner of owners) expect(here.powers[owner]).toBeGreaterThan(0n);
      }),
    );
  });
});
