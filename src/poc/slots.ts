import { hash } from 'node:crypto';

/** Voting powers of one model, in the order in which the chain deals its slots out. */
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
 * @param votingPowers power by address, as the validation snapshot has it
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
 * How many slots a model's validators share: all of them where they carry the network's whole weight, else
 * their part of it. The rest counts as not voted.
 *
 * @param validationSlots the chain's `validation_slots`
 * @param power sum of the model's voting powers
 * @param totalNetworkWeight as in the snapshot
 */
export function sampledSlotCount(validationSlots: number, power: bigint, totalNetworkWeight: bigint): number {
  if (power >= totalNetworkWeight) return validationSlots;
  return Number((power * BigInt(validationSlots)) / totalNetworkWeight);
}

/** What the owner of a slot is drawn from. */
export interface SlotSeed {
  /** The snapshot's, as hex text. */
  appHash: string;
  participant: string;
  modelId: string;
}

/**
 * The owner of each slot, as places in `validators.addresses`: the first whose cumulative power exceeds the
 * first 8 bytes of SHA-256(app hash, participant, model, slot number), taken modulo the whole power.
 *
 * @returns `count` places; none where nobody has voting power
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

/** The first place whose value exceeds `drawn`; there is one, since the last value is the modulus. */
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
