import { type SlotSeed, sampledSlotCount, slotOwners, type Validators } from './slots.js';

/** What decided whether a participant is accepted for a model. */
export type DecidedBy =
  | 'majority_valid'
  | 'majority_invalid'
  | 'guardians'
  | 'no_voting_power'
  | 'no_validation';

/** The chain's settings and counts for one stage and one model. */
export interface AcceptanceRules {
  /** 0: votes are counted by voting power instead of slots. */
  validationSlots: number;
  thresholdBps: bigint;
  totalNetworkWeight: bigint;
  /** Account addresses. */
  guardians: ReadonlySet<string>;
  validators: Validators;
}

/** One validator's vote on one participant. */
export interface ValidatorShare {
  address: string;
  /** Its slots for this participant; 0 where votes are counted by power. */
  slots: number;
  votingPower: bigint;
  /** Above zero: valid; zero or less: invalid; null: it did not vote. */
  vote: bigint | null;
}

/** How the chain judges one participant for one model. */
export interface Acceptance {
  accepted: boolean;
  decidedBy: DecidedBy;
  /** In slots, or in voting power where there are no slots. */
  unit: 'slots' | 'power';
  /** Slots that were drawn, or the voting power of the model. */
  sampled: bigint;
  valid: bigint;
  invalid: bigint;
  unvoted: bigint;
  /** A decision needs more votes than this, in ten-thousandths of the unit: `total × threshold_bps`. */
  total: bigint;
  /** All who own a slot (or have power), and each guardian who voted; sorted by slots, then power. */
  validators: ValidatorShare[];
}

/** Whether votes exceed the threshold's part of the total; with a total of zero nothing does. */
export function passes(votes: bigint, total: bigint, thresholdBps: bigint): boolean {
  return votes > 0n && total > 0n && thresholdBps > 0n && votes * 10_000n > total * thresholdBps;
}

/** The smallest number of votes that decides; with a `total` of zero it is 1, which nobody can reach. */
export function neededVotes(total: bigint, thresholdBps: bigint): bigint {
  return (total * thresholdBps) / 10_000n + 1n;
}

/**
 * Judges a participant as the chain does at the end of a PoC: by slots (or power), and by the guardians where
 * neither side has a majority.
 *
 * @param votes one vote of each validator, by address
 */
export function judgeAcceptance(
  seed: SlotSeed,
  votes: ReadonlyMap<string, bigint>,
  rules: AcceptanceRules,
): Acceptance {
  const tally = rules.validationSlots > 0 ? tallySlots(seed, votes, rules) : tallyPower(votes, rules);
  return { ...tally, ...decide(tally, votes, rules) };
}

type Tally = Omit<Acceptance, 'accepted' | 'decidedBy'>;

function tallySlots(seed: SlotSeed, votes: ReadonlyMap<string, bigint>, rules: AcceptanceRules): Tally {
  const { validators, validationSlots, totalNetworkWeight } = rules;
  const count = sampledSlotCount(validationSlots, validators.total, totalNetworkWeight);
  const owned = new Uint32Array(validators.addresses.length);
  for (const owner of slotOwners(seed, validators, count)) owned[owner] = (owned[owner] ?? 0) + 1;
  const dealt = validators.total > 0n ? count : 0;
  return tallyOf('slots', votes, rules, BigInt(validationSlots), BigInt(dealt), (place) => owned[place] ?? 0);
}

function tallyPower(votes: ReadonlyMap<string, bigint>, rules: AcceptanceRules): Tally {
  return tallyOf('power', votes, rules, rules.totalNetworkWeight, rules.validators.total, () => 0);
}

function tallyOf(
  unit: Acceptance['unit'],
  votes: ReadonlyMap<string, bigint>,
  { validators, guardians }: AcceptanceRules,
  total: bigint,
  sampled: bigint,
  slotsOf: (place: number) => number,
): Tally {
  let valid = 0n;
  let invalid = 0n;
  const shares: ValidatorShare[] = [];
  validators.addresses.forEach((address, place) => {
    const slots = slotsOf(place);
    const votingPower = validators.powers[place] ?? 0n;
    const vote = votes.get(address) ?? null;
    const counts = unit === 'slots' ? BigInt(slots) : votingPower;
    if (vote !== null && vote > 0n) valid += counts;
    if (vote !== null && vote <= 0n) invalid += counts;
    if (counts > 0n || (vote !== null && guardians.has(address)))
      shares.push({ address, slots, votingPower, vote });
  });
  const listed = new Set(shares.map(({ address }) => address));
  for (const address of guardians) {
    const vote = votes.get(address);
    if (vote !== undefined && !listed.has(address)) shares.push({ address, slots: 0, votingPower: 0n, vote });
  }
  shares.sort((a, b) => b.slots - a.slots || compare(b.votingPower, a.votingPower));
  return { unit, sampled, valid, invalid, unvoted: sampled - valid - invalid, total, validators: shares };
}

function decide(
  { valid, invalid, total }: Tally,
  votes: ReadonlyMap<string, bigint>,
  { validators, guardians, thresholdBps }: AcceptanceRules,
): Pick<Acceptance, 'accepted' | 'decidedBy'> {
  if (validators.total === 0n) return { accepted: false, decidedBy: 'no_voting_power' };
  if (passes(valid, total, thresholdBps)) return { accepted: true, decidedBy: 'majority_valid' };
  if (passes(invalid, total, thresholdBps)) return { accepted: false, decidedBy: 'majority_invalid' };
  const guarding = [...guardians].flatMap((address) => votes.get(address) ?? []);
  if (guarding.length === 0) return { accepted: false, decidedBy: 'no_validation' };
  return { accepted: guarding.every((vote) => vote > 0n), decidedBy: 'guardians' };
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
