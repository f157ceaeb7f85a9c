import { hash } from 'node:crypto';

/** Voting powers of one model, in the order in which the chain draws slots. */
export interface Validators {
  /** Addresses with a power above zero, sorted by their bytes. */
  addresses: string[];
  powers: bigint[];
  /** Sum of the powers up to and with each address. */
  cumulative: bigint[];
  total: bigint;
}

/**
 * Sorts a model's voting powers; a power of zero or less gets no slot.
 *
 * @param votingPowers power by address, from the validation snapshot
 */
export function validatorsOf(votingPowers: ReadonlyMap<string, bigint>): Validators {
  const entries = [...votingPowers].filter(([, power]) => power > 0n).sort(([a], [b]) => (a < b ? -1 : 1));
  let total = 0n;
  const cumulative = entries.map(([, power]) => {
    total += power;
    return total;
  });
  return {
    addresses: entries.map(([address]) => address),
    powers: entries.map(([, power]) => power),
    cumulative,
    total,
  };
}

/**
 * How many slots a model's validators share: all of them where their power is the network's whole weight,
 * else their part of it. The remaining slots count as not voted.
 *
 * @param validationSlots the chain's `validation_slots`
 * @param power sum of the model's voting powers
 * @param totalNetworkWeight from the snapshot
 */
export function sampledSlotCount(validationSlots: number, power: bigint, totalNetworkWeight: bigint): number {
  if (power >= totalNetworkWeight) return validationSlots;
  return Number((power * BigInt(validationSlots)) / totalNetworkWeight);
}

/** The inputs of the draw of a slot's owner. */
export interface SlotSeed {
  /** The snapshot's hash, as hex text. */
  appHash: string;
  participant: string;
  modelId: string;
}

/**
 * Finds the owner of each slot, as an index into `validators.addresses`. It is the first one whose cumulative
 * power exceeds the draw: the first 8 bytes of SHA-256(app hash, participant, model, slot number), modulo the
 * total power.
 *
 * @returns `count` indexes; empty where nobody has voting power
 */
export function slotOwners(
  { appHash, participant, modelId }: SlotSeed,
  validators: Validators,
  count: number,
) {
  const { cumulative, total } = validators;
  const owners = new Uint32Array(total > 0n ? count : 0);
  const prefix = appHash + participant + modelId;
  for (let slot = 0; slot < owners.length; slot++) {
    const drawn = hash('sha256', `${prefix}${slot}`, 'buffer').readBigUInt64BE(0) % total;
    owners[slot] = firstAbove(cumulative, drawn);
  }
  return owners;
}

/** The first index whose value exceeds `drawn`; it exists, because the last value is the modulus. */
function firstAbove(cumulative: bigint[], drawn: bigint): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] as bigint) > drawn) high = middle;
    else low = middle + 1;
  }
  return low;
}
