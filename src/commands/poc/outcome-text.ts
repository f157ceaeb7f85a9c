import { type EstimatedReward, rewardText } from '../../chain/reward.js';
import { type Acceptance, neededVotes } from '../../poc/acceptance.js';
import type { ModelOutcome, ParticipantOutcome, StageOutcome } from '../../poc/outcome.js';
import { factorText } from '../../poc/weight.js';
import { renderPairs, renderTable } from '../../terminal/table.js';
import type { Terminal } from '../../terminal/terminal.js';
import { counted } from '../../text/figures.js';

const DECIDED: Record<Exclude<Acceptance['decidedBy'], 'guardians'>, string> = {
  majority_valid: 'accepted by the majority for it',
  majority_invalid: 'rejected by the majority against it',
  no_voting_power: 'rejected since nobody has voting power for the model',
  no_validation: 'rejected since there was no majority and no guardian voted',
};

/** The outcome of one host, by model. */
export function hostText(
  outcome: StageOutcome,
  address: string,
  reward: EstimatedReward | null,
  terminal: Terminal,
): string {
  const pairs = stagePairs(outcome);
  pairs.push(['host', address]);
  const total = outcome.stage.weights?.get(address);
  if (outcome.stage.weights !== null)
    pairs.push(['weight', `${total ?? 0n} in the epoch, all models together`]);
  if (reward !== null) pairs.push(['reward', rewardText(reward)]);
  const models = outcome.models.flatMap((model) =>
    model.participants.map((participant) => modelText(outcome, model, participant, terminal)),
  );
  return [renderPairs(pairs), ...models].join('\n\n');
}

/** The heading of every output about a stage. */
export function stagePairs({ stage, rules, factor }: StageOutcome): [string, string][] {
  const { place, params, snapshot } = stage;
  const kind = place.confirmation ? `a confirmation PoC in epoch ${place.epoch}` : `epoch ${place.epoch}`;
  const { validationSlots, thresholdBps } = params.poc;
  const total = validationSlots > 0 ? BigInt(validationSlots) : (snapshot?.totalNetworkWeight ?? null);
  const needed = total === null ? 'not known' : neededVotes(total, thresholdBps);
  return [
    ['stage', `${place.height}, ${kind}`],
    ['rules', `${rules.name}; the chain is ${rules.chainVersion ?? 'of an unknown version'}`],
    [
      'majority',
      validationSlots > 0
        ? `${needed} of ${counted(validationSlots, 'slot')}`
        : `voting power ${needed} of ${total ?? 'not known'}`,
    ],
    ['normalisation', factor === null ? 'not known' : `× ${factorText(factor)}`],
  ];
}

function modelText(
  outcome: StageOutcome,
  model: ModelOutcome,
  participant: ParticipantOutcome,
  terminal: Terminal,
): string {
  const { commit, acceptance, causes, notKnown, differences } = participant;
  const pairs: [string, string][] = [
    ['committed', commitText(participant)],
    ['votes', acceptance === null ? votesWithoutPower(outcome, model, participant) : votesText(acceptance)],
    ['came out', acceptance === null ? 'not known' : cameOut(acceptance)],
    ['weight', weightText(model, participant)],
    ...differences.map((text): [string, string] => ['they differ', text]),
    ...causes.map(({ evidence }): [string, string] => ['cause', evidence]),
    ...notKnown.map(({ code, how }): [string, string] => [
      'not known',
      `${code.replaceAll('_', ' ')}: ${how}`,
    ]),
  ];
  if (acceptance?.accepted === false && commit !== null && causes.length === 0)
    pairs.push([
      'cause',
      'not known: the validators measured it, and the chain does not store what they measured',
    ]);
  const head = terminal.colors.bold(model.modelId || 'no model named');
  const shares = acceptance?.validators ?? [];
  const table = shares.length === 0 ? [] : ['', validatorTable(acceptance as Acceptance, terminal)];
  return [head, renderPairs(pairs), ...table].join('\n');
}

function commitText({ commit, nodes }: ParticipantOutcome): string {
  if (commit === null) return 'nothing';
  if (nodes === null || nodes.length === 0)
    return `${counted(commit.count, 'nonce')}, no weight distribution`;
  return `${counted(commit.count, 'nonce')}: ${nodes.map(({ nodeId, weight }) => `${nodeId} ${weight}`).join(', ')}`;
}

function votesText({ unit, sampled, valid, invalid, unvoted }: Acceptance): string {
  const word = unit === 'slots' ? 'slots' : 'voting power';
  return `${valid} valid, ${invalid} invalid, ${unvoted} without a vote, of ${sampled} ${word}`;
}

/** Without voting powers only the number of votes is known. */
function votesWithoutPower(
  { stage }: StageOutcome,
  { modelId }: ModelOutcome,
  participant: ParticipantOutcome,
) {
  const votes = [...(stage.votes.get(`${modelId} ${participant.address}`)?.values() ?? [])];
  const valid = votes.filter((list) => list.every((vote) => vote > 0n)).length;
  return `${counted(valid, 'validator')} valid, ${votes.length - valid} not; their voting power is not known`;
}

function cameOut({ accepted, decidedBy }: Acceptance): string {
  if (decidedBy !== 'guardians') return DECIDED[decidedBy];
  return accepted
    ? 'accepted by the guardians, since there was no majority'
    : 'rejected by the guardians, since there was no majority';
}

function weightText(
  { coefficient }: ModelOutcome,
  { computed, onChain, earned }: ParticipantOutcome,
): string {
  const factor = coefficient === null ? 'an unknown coefficient' : `coefficient ${coefficient}`;
  const ours =
    computed === null
      ? 'not known by the rules'
      : computed.raw === 0n
        ? noWeightText(earned)
        : `${computed.weight ?? 'not known'} by the rules (${computed.raw} × ${factor})`;
  if (onChain === null) return `${ours}; the chain has no group of this model (yet, or any more)`;
  const theirs = onChain.weight ?? `${onChain.raw} before the coefficient`;
  return `${ours}; the chain has ${theirs}`;
}

function noWeightText(earned: ParticipantOutcome['earned']): string {
  if (earned === null || earned.raw === 0n) return '0 by the rules';
  return `0 by the rules (${earned.weight ?? `${earned.raw} before the coefficient`}, had it been accepted)`;
}

function validatorTable({ unit, validators }: Acceptance, terminal: Terminal): string {
  const word = (vote: bigint | null) => (vote === null ? 'none' : vote > 0n ? 'valid' : `invalid (${vote})`);
  return renderTable(
    ['validator', ...(unit === 'slots' ? ['slots'] : []), 'voting power', 'vote'],
    validators.map(({ address, slots, votingPower, vote }) => [
      addressCell(address, terminal),
      ...(unit === 'slots' ? [String(slots)] : []),
      String(votingPower),
      word(vote),
    ]),
    terminal,
  );
}

/** In a narrower terminal an address of 44 letters leaves no room for the rest of a line. */
const WIDE = 110;

/** Whether addresses in tables are shortened; a pipe always gets them whole. */
export function isNarrow({ columns }: Terminal): boolean {
  return columns !== undefined && columns < WIDE;
}

/** An address as a cell of a table. */
export function addressCell(address: string, terminal: Terminal): string {
  return isNarrow(terminal) ? `${address.slice(0, 11)}…${address.slice(-6)}` : address;
}

/** All participants, one per line. */
export function allText(outcome: StageOutcome, terminal: Terminal): string {
  const narrow = isNarrow(terminal);
  const shown = (address: string) => addressCell(address, terminal);
  const tables = outcome.models.map((model) => {
    const head = `${terminal.colors.bold(model.modelId || 'no model named')}: ${counted(model.participants.length, 'participant')}, voting power ${model.votingPower ?? 'not known'}, coefficient ${model.coefficient ?? 'not known'}`;
    if (model.participants.length === 0) return head;
    const rows = model.participants.map((one) => [
      shown(one.address),
      ...lineOf(one),
      ...(narrow ? [] : [causesText(one)]),
    ]);
    const columns = [
      'participant',
      'committed',
      'came out',
      'weight',
      'chain',
      ...(narrow ? [] : ['causes']),
    ];
    // Where the lines have no room for causes, the causes follow the table.
    const causes = narrow ? model.participants.filter((one) => one.causes.length > 0) : [];
    return [
      head,
      renderTable(columns, rows, terminal),
      ...causes.map((one) => `${shown(one.address)}: ${causesText(one)}`),
    ].join('\n');
  });
  return [renderPairs(stagePairs(outcome)), ...tables].join('\n\n');
}

function lineOf({ commit, acceptance, computed, onChain }: ParticipantOutcome): string[] {
  return [
    String(commit?.count ?? 0n),
    acceptance === null
      ? 'not known'
      : `${acceptance.accepted ? 'accepted' : 'rejected'}, ${acceptance.decidedBy.replaceAll('_', ' ')}`,
    String(computed?.weight ?? '?'),
    String(onChain?.weight ?? onChain?.raw ?? '?'),
  ];
}

function causesText({ causes }: ParticipantOutcome): string {
  return causes.map(({ code }) => code.replaceAll('_', ' ')).join(', ');
}
