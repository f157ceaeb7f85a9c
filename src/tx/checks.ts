import { addressFault } from '../chain/address.js';
import { type Choice, choiceText, sameChoice } from '../chain/choice.js';
import type { Epochs } from '../chain/epochs.js';
import type { Forecast } from '../chain/forecast.js';
import { isLive } from '../chain/forecast.js';
import type { HostStanding } from '../chain/host.js';
import type { Participant } from '../chain/participants.js';
import { rewardText } from '../chain/reward.js';
import type { Standing } from '../chain/rules/costs.js';
import { nextValidationStart, upcomingHeights } from '../chain/rules/heights.js';
import { isWeighed, notInPocText, type ToldState } from '../chain/rules/model-state.js';
import type { ChosenRules } from '../chain/rules/rule-set.js';
import { forgottenAtHeight, mustBeSentAgain } from '../chain/rules/stored-choice.js';
import type { ChainView } from '../chain/view.js';
import { counted } from '../text/figures.js';

/** One check before a transaction. An error stops it; a warning asks the user. */
export interface TxFinding {
  check: string;
  level: 'ok' | 'warning' | 'error' | 'not_checked';
  text: string;
}

/** The facts for the checks. */
export interface TxFacts {
  model: string;
  wanted: Choice;
  view: ChainView;
  rules: ChosenRules;
  /** The state of the model on the chain. */
  state: ToldState;
  /** The address that the user gave; undefined: not known. */
  address: string | undefined;
  /** null: the user's own address is not known. */
  me: HostStanding | null;
  /** The choice that a delegate has stored; null when it was not asked for. */
  delegatesChoice: Choice | null;
  /** The choices of all participants, where they were looked up. */
  forecast: Forecast | null;
}

/** All checks, in the order of the output. */
export function checkTx(facts: TxFacts): TxFinding[] {
  return [
    checkNode(facts),
    checkModel(facts),
    checkMyself(facts),
    ...(facts.wanted.kind === 'delegation' ? checkDelegate(facts, facts.wanted.delegateTo) : []),
    checkReplacement(facts),
    checkSnapshot(facts),
    checkCost(facts),
  ];
}

const finding = (check: string, level: TxFinding['level'], text: string): TxFinding => ({
  check,
  level,
  text,
});

function checkNode({ view: { pace } }: TxFacts): TxFinding {
  return pace.catchingUp
    ? finding('node', 'error', `the node is catching up (height ${pace.height}): its data is old`)
    : finding('node', 'ok', `at height ${pace.height}`);
}

function checkModel({ model, wanted, view, state }: TxFacts): TxFinding {
  if (!view.params.models.some(({ modelId }) => modelId === model)) {
    const known = view.params.models.map(({ modelId }) => modelId).join(', ') || 'none';
    return finding('model', 'error', `${notInPocText(model, state)}; the models in PoC are: ${known}`);
  }
  if (wanted.kind === 'intent' && isWeighed(state.state))
    return finding(
      'model',
      'warning',
      `it is active already (${state.evidence}): an intent does nothing, and serving it needs no transaction`,
    );
  if (state.state === 'unknown') return finding('model', 'warning', state.evidence);
  return finding('model', 'ok', 'approved');
}

function checkMyself(facts: TxFacts): TxFinding {
  const { me } = facts;
  if (me === null)
    return finding(
      'my address',
      'not_checked',
      whyNotMe(facts, 'give --address to check participation and stored choice'),
    );
  const { address, participant } = me;
  const fault = addressFault(address);
  if (fault !== undefined) return finding('my address', 'error', `${address}: ${fault}`);
  if (participant === null)
    return finding('my address', 'error', `${address} is not among the participants of the running epoch`);
  if (isLive(participant)) return finding('my address', 'ok', `${address}, weight ${participant.weight}`);
  return finding('my address', 'warning', whyNotLive(participant));
}

function whyNotLive({ address, weight, excluded }: Participant): string {
  if (excluded)
    return `${address} was excluded from the epoch: its choice counts for nothing in a snapshot now`;
  return weight === 0n
    ? `${address} has no weight: its choice counts for nothing in a snapshot now`
    : `${address} has no seed: its choice counts for nothing in a snapshot now`;
}

/** Why no facts about the sender could be looked up. */
function whyNotMe({ address, model, view }: TxFacts, advice: string): string {
  if (address === undefined) return advice;
  const fault = addressFault(address);
  if (fault !== undefined) return `${address} is no address: ${fault}`;
  return view.params.models.some(({ modelId }) => modelId === model)
    ? `${address} was not looked up`
    : 'the model is not in PoC: nothing is stored or owed for it';
}

function checkDelegate(facts: TxFacts, delegate: string): TxFinding[] {
  const { model, me, view } = facts;
  const fault = addressFault(delegate);
  if (fault !== undefined) return [finding('delegate', 'error', `"${delegate}" is no address: ${fault}`)];
  if (me !== null && me.address === delegate)
    return [finding('delegate', 'error', 'it is your own address: the chain refuses that')];
  if (view.params.guardians.includes(delegate))
    return [finding('delegate', 'error', 'it is a genesis guardian: guardians run no PoC, it would be lost')];
  const host = view.participants.find(({ address }) => address === delegate);
  if (host === undefined)
    return [finding('delegate', 'error', `${delegate} is not among the participants of the running epoch`)];
  const serves = host.models.includes(model);
  const declared = facts.delegatesChoice?.kind === 'intent';
  return [
    isLive(host)
      ? finding('delegate', 'ok', `weight ${host.weight}`)
      : finding('delegate', 'warning', 'it has no weight that counts: a delegation to it counts for nothing'),
    serves || declared
      ? finding('delegate serves', 'ok', serves ? 'it serves the model' : 'it has declared intent')
      : finding('delegate serves', 'warning', 'it neither serves the model nor has declared intent'),
    checkShare(facts, delegate, host.weight),
  ];
}

function checkShare({ forecast, me, view }: TxFacts, delegate: string, ownWeight: bigint): TxFinding {
  if (forecast === null)
    return finding(
      'delegate share',
      'not_checked',
      '--check-share looks up every host to find its voting power',
    );
  const delegated = forecast.members
    .filter(
      ({ address, choice }) =>
        choice.kind === 'delegation' && choice.delegateTo === delegate && address !== me?.address,
    )
    .reduce((sum, { weight }) => sum + weight, me?.participant?.weight ?? 0n);
  const power = ownWeight + delegated;
  const total = forecast.judged.totalNetworkWeight;
  const limit = view.params.delegation.maxModelVotingPowerPercentage;
  const fraction = limit.gt(1) ? limit.div(100) : limit;
  const text = `voting power ${power} of ${total} with yours`;
  if (!fraction.isZero() && fraction.times(total.toString()).lt(power.toString()))
    return finding(
      'delegate share',
      'warning',
      `${text}: above ${fraction.times(100).toFixed()} % it is burned`,
    );
  return forecast.skipped.length === 0
    ? finding('delegate share', 'ok', text)
    : finding(
        'delegate share',
        'warning',
        `${text}, and ${counted(forecast.skipped.length, 'host')} could not be read`,
      );
}

function checkReplacement(facts: TxFacts): TxFinding {
  const { me, wanted } = facts;
  if (me === null)
    return finding('stored now', 'not_checked', whyNotMe(facts, 'give --address to see what it replaces'));
  if (me.choice.kind === 'none') return finding('stored now', 'ok', 'nothing');
  return finding(
    'stored now',
    'ok',
    sameChoice(me.choice, wanted)
      ? `${choiceText(me.choice)}: the same as you want`
      : `${choiceText(me.choice)}, which it replaces`,
  );
}

function checkSnapshot({ wanted, state, view: { epochs, params, pace } }: TxFacts): TxFinding {
  if (isWeighed(state.state)) return checkValidationStart(wanted, epochs, pace.height);
  const { snapshotHeight: snapshot, epoch } = upcomingHeights(epochs, params.delegation.deployWindow);
  if (snapshot === null)
    return finding('snapshot', 'warning', 'the chain takes none: its deploy window is 0');
  const now = { ...epochs, blockHeight: Math.max(epochs.blockHeight, pace.height) };
  const forgotten = forgottenAtHeight(wanted, now);
  if (mustBeSentAgain(wanted, snapshot, now))
    return finding(
      'snapshot',
      'warning',
      `the chain forgets it at block ${forgotten}, before the snapshot at ${snapshot}: send it after that block`,
    );
  // One block must still follow, since the transaction has to be in it.
  if (pace.height >= snapshot) {
    const lasts =
      forgotten === null ? 'it counts for the next one' : 'the chain forgets it before the next one';
    return finding('snapshot', 'warning', `that of epoch ${epoch} (block ${snapshot}) has passed: ${lasts}`);
  }
  return finding('snapshot', 'ok', `in ${counted(snapshot - pace.height, 'block')}, at ${snapshot}`);
}

/** For a model in use a choice counts when the validation of the next PoC starts. */
function checkValidationStart(wanted: Choice, epochs: Epochs, height: number): TxFinding {
  const counts = nextValidationStart(epochs, height);
  const forgotten = forgottenAtHeight(wanted, {
    ...epochs,
    blockHeight: Math.max(epochs.blockHeight, height),
  });
  const again =
    forgotten === null ? '' : `, and is forgotten at block ${forgotten}: send it again in each epoch`;
  return finding('counts at', 'ok', `block ${counts}, when the next validation starts${again}`);
}

function checkCost(facts: TxFacts): TxFinding {
  const { wanted, me, state } = facts;
  if (me === null) return finding('cost', 'not_checked', whyNotMe(facts, 'give --address to compute it'));
  const reward = me.reward === null ? [] : [`the epoch's reward: ${rewardText(me.reward)}`];
  const costs = (level: TxFinding['level'], text: string) =>
    finding('cost', level, [text, ...reward].join('; '));
  const lost = (standing: Standing) => lostText(facts, me, standing);
  switch (wanted.kind) {
    case 'intent':
      return costs('ok', `nothing if you send PoC commits; else ${lost('intent_without_commits')}`);
    case 'refusal':
      if (isWeighed(state.state)) return costs('ok', lost('refusal'));
      return costs('warning', `in a bootstrap the chain treats a refusal like no choice: ${lost('refusal')}`);
    case 'delegation':
      return costs(
        'ok',
        `if it counts ${amountText(facts, me, 'delegation_counts')} (moved to the delegate); if not ${lost('delegation_does_not_count')}`,
      );
    case 'none':
      return costs('ok', lost('nothing'));
  }
}

/** What a choice costs, with what it is taken from. */
function lostText(facts: TxFacts, me: HostStanding, standing: Standing): string {
  const { ruleSet, takenFrom } = facts.rules;
  const amount = amountText(facts, me, standing);
  const weight = me.participant?.weight ?? 0n;
  return takenFrom === 'weight'
    ? `${amount} of your weight (rules ${ruleSet}, an estimate from today's weight ${weight})`
    : `${amount} in weight's worth of your reward (rules ${ruleSet}, an estimate from today's weight ${weight})`;
}

function amountText({ state }: TxFacts, { costs }: HostStanding, standing: Standing): string {
  const row = costs.find((candidate) => candidate.standing === standing);
  if (row === undefined) return '';
  const { not_pre_eligible: not, pre_eligible_only: only, eligible } = row.cells;
  return isWeighed(state.state)
    ? `${eligible.amount}`
    : `${not.amount} when not pre-eligible, ${only.amount} when only pre-eligible, ${eligible.amount} when eligible`;
}
