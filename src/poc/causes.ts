import type { Commit, Stage } from '../chain/stage/stage.js';
import { counted } from '../text/figures.js';
import { type Acceptance, type AcceptanceRules, neededVotes } from './acceptance.js';
import { type EarlyShares, shareText } from './early-share.js';

/** GPU class of each host, as the user states it: the chain does not have it. */
export type HardwareOfHosts = ReadonlyMap<string, string>;

/** A cause that the answers show, with its evidence. */
export interface Cause {
  code:
    | 'no_commit'
    | 'no_distribution'
    | 'no_voting_power'
    | 'majority_out_of_reach'
    | 'too_few_votes'
    | 'against_everybody'
    | 'other_gpu_class'
    | 'missed_early_share';
  evidence: string;
}

/** A possible cause, and how to check it. */
export interface Unknown {
  code: Cause['code'];
  how: string;
}

/** The facts from which causes are found. */
export interface CauseInputs {
  address: string;
  commit: Commit | null;
  nodes: readonly unknown[] | null;
  acceptance: Acceptance | null;
  rules: AcceptanceRules | null;
  early: EarlyShares | null;
  votes: ReadonlyMap<string, readonly bigint[]>;
  againstAll: ReadonlyMap<string, number>;
  hardware: HardwareOfHosts | null;
}

/**
 * The causes of a missing weight, as far as the answers show them; empty for a host that was accepted and
 * earns.
 */
export function causesOf(inputs: CauseInputs): { causes: Cause[]; notKnown: Unknown[] } {
  const { acceptance, commit, nodes } = inputs;
  const causes: Cause[] = [];
  if (commit === null || commit.count === 0n)
    causes.push({ code: 'no_commit', evidence: 'the chain has no commit of this host for this model' });
  else if (nodes === null || nodes.length === 0)
    causes.push({
      code: 'no_distribution',
      evidence: `${counted(commit.count, 'nonce')} committed, and no weight distribution: a commit without it earns nothing`,
    });
  if (commit === null || acceptance === null || acceptance.accepted) return { causes, notKnown: [] };
  causes.push(...reachCauses(inputs, acceptance));
  // Without voting power no vote could change the result.
  if (acceptance.decidedBy === 'no_voting_power') return { causes, notKnown: [] };
  const voted = voterCauses(inputs, acceptance);
  return { causes: [...causes, ...voted.causes], notKnown: voted.notKnown };
}

/** Causes where no vote could help, or too few votes came. */
function reachCauses({ rules }: CauseInputs, acceptance: Acceptance): Cause[] {
  const { decidedBy, unit, sampled, total, valid, invalid, unvoted } = acceptance;
  if (decidedBy === 'no_voting_power')
    return [{ code: 'no_voting_power', evidence: 'nobody has voting power for this model in the snapshot' }];
  if (decidedBy === 'majority_invalid' || rules === null) return [];
  const needed = neededVotes(total, rules.thresholdBps);
  const word = unit === 'slots' ? 'slots' : 'voting power';
  const after =
    decidedBy === 'guardians'
      ? 'the guardians decided, and not all voted valid'
      : 'no guardian voted, so it is refused';
  if (sampled < needed)
    return [
      {
        code: 'majority_out_of_reach',
        evidence: `the model's validators have ${sampled} of ${total} ${word}, and ${needed} are needed; ${after}`,
      },
    ];
  return [
    {
      code: 'too_few_votes',
      evidence: `${valid} valid, ${invalid} invalid, ${unvoted} without a vote of ${sampled} ${word}; ${needed} are needed either way; ${after}`,
    },
  ];
}

function voterCauses(inputs: CauseInputs, acceptance: Acceptance) {
  const causes: Cause[] = [];
  const notKnown: Unknown[] = [];
  const against = acceptance.validators.filter(({ vote }) => vote !== null && vote <= 0n);
  const blind = against.filter(({ address }) => inputs.againstAll.has(address));
  if (blind.length > 0)
    causes.push({
      code: 'against_everybody',
      evidence: `validators that could not fetch or check proofs voted against everybody: ${blind.map(({ address }) => shareOf(address, acceptance, inputs.againstAll)).join('; ')}`,
    });
  if (against.length > 0) hardwareCause(inputs, acceptance, causes, notKnown);
  const share = inputs.early?.shares.find(({ address }) => address === inputs.address);
  if (inputs.early === null)
    notKnown.push({
      code: 'missed_early_share',
      how: 'the chain does not store the first third: a file of `assay poc watch` has it',
    });
  else if (share?.missed) {
    const { median } = inputs.early;
    causes.push({
      code: 'missed_early_share',
      evidence: `${share.shareBps / 100n}.${String(share.shareBps % 100n).padStart(2, '0')} % committed in the first third, the model's median is ${shareText(median.early, median.final)}: below half of it (the first miss has no penalty)`,
    });
  }
  return { causes, notKnown };
}

/** Whether only validators with other GPU classes voted against the host, and its own class did not. */
function hardwareCause(
  { hardware, address }: CauseInputs,
  { validators }: Acceptance,
  causes: Cause[],
  notKnown: Unknown[],
): void {
  const how = (what: string) => `${what}: give the GPU class of each host with --hardware FILE`;
  const own = hardware?.get(address);
  if (hardware === null || own === undefined) {
    notKnown.push({ code: 'other_gpu_class', how: how('GPU classes are not on the chain') });
    return;
  }
  const voters = validators.filter(({ vote }) => vote !== null);
  const unknown = voters.filter((voter) => !hardware.has(voter.address));
  if (unknown.length > 0) {
    const names = listed(unknown.map((voter) => voter.address));
    notKnown.push({ code: 'other_gpu_class', how: how(`the class of ${names} is not in the file`) });
    return;
  }
  const isSame = (voter: { address: string }) => hardware.get(voter.address) === own;
  const against = voters.filter(({ vote }) => vote !== null && vote <= 0n);
  if (against.length === 0 || against.some(isSame)) return;
  const classes = [...new Set(against.map((voter) => hardware.get(voter.address)))].join(', ');
  const same = voters.filter(isSame).length;
  causes.push({
    code: 'other_gpu_class',
    evidence: `all ${against.length} validators against it run ${classes}, the host ${own}; validators on ${own}: ${same} voted, all valid`,
  });
}

/**
 * Validators that voted on two or more participants for a model, and against each of them, with the number of
 * participants. A validator that cannot fetch or check vectors votes this way.
 */
export function validatorsAgainstAll(votes: Stage['votes'], modelId: string): Map<string, number> {
  const found = new Map<string, number>();
  const kind = new Set<string>();
  for (const [key, ofParticipant] of votes) {
    if (!key.startsWith(`${modelId} `)) continue;
    for (const [validator, list] of ofParticipant) {
      if (list.some((vote) => vote > 0n)) kind.add(validator);
      found.set(validator, (found.get(validator) ?? 0) + 1);
    }
  }
  for (const [validator, count] of found) if (kind.has(validator) || count < 2) found.delete(validator);
  return found;
}

function shareOf(
  address: string,
  { unit, validators }: Acceptance,
  againstAll: ReadonlyMap<string, number>,
): string {
  const share = validators.find((validator) => validator.address === address);
  const hosts = againstAll.get(address) ?? 0;
  return unit === 'slots'
    ? `${address} (${counted(share?.slots ?? 0, 'slot')}, ${counted(hosts, 'host')})`
    : `${address} (voting power ${share?.votingPower ?? 0n}, ${counted(hosts, 'host')})`;
}

/** A few names, and the number of the others. */
export function listed(names: string[]): string {
  const more = names.length > 5 ? [`and ${names.length - 5} more`] : [];
  return [...names.slice(0, 5), ...more].join(', ');
}
