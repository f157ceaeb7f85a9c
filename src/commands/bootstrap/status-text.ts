import { choiceText } from '../../chain/choice.js';
import { percent, percentOf } from '../../chain/decimal.js';
import type { HostStanding } from '../../chain/host.js';
import type { EventAnswer, PreEligibilityEvent } from '../../chain/pre-eligibility-event.js';
import { rewardText } from '../../chain/reward.js';
import { type Cost, OUTCOMES, type Standing } from '../../chain/rules/costs.js';
import { nextValidationStart } from '../../chain/rules/heights.js';
import { isWeighed } from '../../chain/rules/model-state.js';
import { forgottenAtHeight, mustBeSentAgain } from '../../chain/rules/stored-choice.js';
import type { BootstrapStatus } from '../../chain/status.js';
import { renderPairs, renderTable } from '../../terminal/table.js';
import type { Terminal } from '../../terminal/terminal.js';
import { counted } from '../../text/figures.js';
import { eventJson, forecastJson, forecastPairs, heightText } from '../chain-text.js';

const STANDING_TEXT: Record<Standing, string> = {
  commits: 'run PoC for it (intent and commits)',
  intent_without_commits: 'intent, but no commits',
  delegation_counts: 'delegation that counts',
  delegation_does_not_count: 'delegation that does not count',
  refusal: 'refusal',
  nothing: 'nothing',
};

/** A status for people. */
export function statusText(status: BootstrapStatus, nodeUrl: string, terminal: Terminal): string {
  const { view, entry, heights, forecast, me } = status;
  const { epochs, params, pace } = view;
  const { statTest } = entry;
  const { delegation } = params;
  const pairs: [string, string][] = [
    ['model', entry.modelId],
    ['state', `${status.state.state}: ${status.state.evidence}`],
    ['node', view.version ? `${nodeUrl}, chain ${view.version}` : `${nodeUrl}; chain version not known`],
    [
      'now',
      `epoch ${epochs.epoch.index}, phase ${epochs.phase}, height ${pace.height}, ${(pace.msPerBlock / 1000).toFixed(2)} s a block`,
    ],
    ['snapshot', heightText(heights.snapshotHeight, pace)],
    ['PoC start', `${heightText(heights.pocStartHeight, pace)}; epoch ${heights.epoch}`],
    ['scale factor', entry.weightScaleFactor?.toFixed() ?? 'not in the parameters: see `assay chain models`'],
    [
      'thresholds',
      statTest === null
        ? 'none on the chain'
        : `dist_threshold ${statTest.distThreshold}, p_mismatch ${statTest.pMismatch}, fraud_threshold ${statTest.pValueThreshold}`,
    ],
    [
      'penalties',
      `refusal ${percentOf(delegation.refusalPenalty)}, no participation ${percentOf(delegation.noParticipationPenalty)}, delegation moves ${percentOf(delegation.delegationShare)}, ${penaltyStart(entry.penaltyStartEpoch)}`,
    ],
    ['last event', eventText(status.event)],
    ...(isWeighed(status.state.state)
      ? [['forecast', 'none: a model in use is not judged at a snapshot'] as [string, string]]
      : forecastPairs(forecast)),
  ];
  if (me === null) {
    pairs.push(['your host', 'give --address or --from to see what is stored and what each choice costs']);
    return renderPairs(pairs);
  }
  pairs.push(...standingPairs(me, status));
  return [
    renderPairs(pairs),
    '',
    `what each choice costs ${costUnit(status)}, by rules ${status.rules.ruleSet} (${status.rules.why}); an estimate from today's weight:`,
    isWeighed(status.state.state) ? costTableInUse(me, terminal) : costTable(me, terminal),
    ...(status.rules.ruleSet === 'guide' || isWeighed(status.state.state)
      ? []
      : ['note: in a bootstrap the chain treats a refusal like no choice']),
  ].join('\n');
}

function costUnit({ rules }: BootstrapStatus): string {
  return rules.takenFrom === 'weight' ? 'in weight' : "in weight's worth of the epoch's reward";
}

function penaltyStart(epoch: number): string {
  return epoch === 0 ? 'always' : `from epoch ${epoch} on`;
}

function eventText(answer: EventAnswer): string {
  switch (answer.kind) {
    case 'event':
      return eventInBlock(answer.height, answer.event);
    case 'no_event_yet':
      return 'none yet';
    case 'not_in_block':
      return `none in block ${answer.height}`;
    case 'node_does_not_index':
      return 'this node keeps no index of events';
    case 'height_in_future':
      return `block ${answer.height} is not reached yet`;
    case 'height_pruned':
      return `this node has no block ${answer.height} any more`;
  }
}

function eventInBlock(height: number, event: PreEligibilityEvent): string {
  const intents = `${counted(event.intentHostCount, 'intent')}, weight ${event.intentWeight} of ${event.totalNetworkWeight}`;
  return event.preEligible
    ? `block ${height}: pre-eligible (${intents})`
    : `block ${height}: not pre-eligible (${intents})`;
}

/** What the host must do about the model, by its state; null: nothing. */
function toDoText({ participant, choice }: HostStanding, { state, entry, view, heights }: BootstrapStatus) {
  if (participant === null) return null;
  if (isWeighed(state.state)) {
    if (participant.models.includes(entry.modelId)) return 'nothing: you serve it, no transaction needed';
    if (choice.kind === 'delegation' || choice.kind === 'refusal') return null;
    const counts = nextValidationStart(view.epochs, view.pace.height);
    return `serve it, delegate or refuse before the validation starts at ${counts}: \`assay tx delegate|refuse\` (an intent has no effect for a model in use)`;
  }
  if (choice.kind !== 'none') return null;
  if (state.state === 'unknown') return 'not known, since the state of the model is not known';
  const free = heights.epoch < entry.penaltyStartEpoch;
  return `choose before the snapshot: \`assay tx intent|delegate|refuse\`${free ? ` (no choice costs nothing before epoch ${entry.penaltyStartEpoch})` : ''}`;
}

function standingPairs(me: HostStanding, status: BootstrapStatus): [string, string][] {
  const { forecast } = status;
  const { participant } = me;
  const weight =
    participant === null
      ? 'not in the running epoch'
      : `weight ${participant.weight} (${percent(participant.weight, forecast.judged.totalNetworkWeight)})`;
  const pairs: [string, string][] = [
    ['your host', `${me.address}, ${weight}`],
    ['stored', storedText(me, status)],
  ];
  if (me.otherPenalties.length > 0)
    pairs.push([
      'other models',
      me.otherPenalties
        .map(({ model, fraction }) => `${model} costs ${percentOf(fraction)} already`)
        .join(', '),
    ]);
  const toDo = toDoText(me, status);
  if (toDo !== null) pairs.push(['to do', toDo]);
  if (me.reward !== null) pairs.push(['reward', rewardText(me.reward)]);
  return pairs;
}

function storedText({ choice }: HostStanding, { state, heights, view }: BootstrapStatus): string {
  const forgotten = forgottenAtHeight(choice, view.epochs);
  if (choice.kind === 'none') return 'nothing';
  if (forgotten === null) return `${choiceText(choice)}, until it is replaced`;
  const counts = isWeighed(state.state)
    ? nextValidationStart(view.epochs, view.pace.height)
    : heights.snapshotHeight;
  const what = isWeighed(state.state) ? 'the validation starts' : 'the snapshot';
  const again = mustBeSentAgain(choice, counts, view.epochs)
    ? `send it again after that block, before ${what} at ${counts}`
    : 'for a later epoch it must be sent again';
  return `${choiceText(choice)}, until block ${heightText(forgotten, view.pace)}; ${again}`;
}

/** A model in regular PoC has one outcome, and an intent is not a choice there. */
function costTableInUse({ costs }: HostStanding, terminal: Terminal): string {
  const rows = costs.filter(({ standing }) => standing !== 'intent_without_commits');
  return renderTable(
    ['your choice', 'costs'],
    rows.map(({ standing, cells }) => [
      standing === 'commits' ? 'serve it' : STANDING_TEXT[standing],
      costText(cells.eligible),
    ]),
    terminal,
  );
}

/** The cost of each choice in each outcome. */
export function costTable({ costs }: Pick<HostStanding, 'costs'>, terminal: Terminal): string {
  return renderTable(
    ['your choice', 'not pre-eligible', 'pre-eligible, not eligible', 'eligible'],
    costs.map(({ standing, cells }) => [
      STANDING_TEXT[standing],
      ...OUTCOMES.map((outcome) => costText(cells[outcome])),
    ]),
    terminal,
  );
}

function costText({ charge, fraction, amount }: Cost): string {
  if (charge === 'none') return '0';
  return charge === 'moved'
    ? `${amount} (${percentOf(fraction)}, moved)`
    : `${amount} (${percentOf(fraction)})`;
}

/** A status for programs; weights are strings. */
export function statusJson(status: BootstrapStatus) {
  const { view, entry, heights, rules, event, forecast, me } = status;
  const { epochs, pace } = view;
  const { delegation } = view.params;
  return {
    model_id: entry.modelId,
    state: status.state.state,
    state_evidence: status.state.evidence,
    epoch: epochs.epoch.index,
    phase: epochs.phase,
    height: pace.height,
    ms_per_block: Math.round(pace.msPerBlock),
    chain_version: view.version || null,
    heights: {
      epoch: heights.epoch,
      snapshot_height: heights.snapshotHeight,
      poc_start_height: heights.pocStartHeight,
    },
    params: {
      weight_scale_factor: entry.weightScaleFactor?.toFixed() ?? null,
      penalty_start_epoch: entry.penaltyStartEpoch,
      stat_test: entry.statTest && {
        dist_threshold: entry.statTest.distThreshold.toFixed(),
        p_mismatch: entry.statTest.pMismatch.toFixed(),
        p_value_threshold: entry.statTest.pValueThreshold.toFixed(),
      },
      deploy_window: delegation.deployWindow,
      refusal_penalty: delegation.refusalPenalty.toFixed(),
      no_participation_penalty: delegation.noParticipationPenalty.toFixed(),
      delegation_share: delegation.delegationShare.toFixed(),
      w_threshold: delegation.wThreshold.toFixed(),
      v_min: delegation.vMin,
    },
    rules: { rule_set: rules.ruleSet, taken_from: rules.takenFrom, why: rules.why },
    last_event:
      event.kind === 'event'
        ? { found: true, height: event.height, ...eventJson(event.event) }
        : { found: false, reason: event.kind },
    ...forecastJson(entry.modelId, forecast),
    host: me && hostJson(me, status),
    warnings: status.warnings,
  };
}

function hostJson(me: HostStanding, { heights, view }: BootstrapStatus) {
  return {
    address: me.address,
    in_epoch: me.participant !== null,
    weight: String(me.participant?.weight ?? 0n),
    stored: me.choice,
    stored_until_height: forgottenAtHeight(me.choice, view.epochs),
    must_be_sent_again: mustBeSentAgain(me.choice, heights.snapshotHeight, view.epochs),
    other_penalties: me.otherPenalties.map(({ model, fraction }) => ({
      model_id: model,
      fraction: fraction.toFixed(),
    })),
    costs: costsJson(me.costs),
    reward: me.reward && {
      epoch: me.reward.epoch,
      reward_coins: String(me.reward.rewardCoins),
      work_coins: String(me.reward.workCoins),
    },
  };
}

/** The same for programs. */
export function costsJson(costs: HostStanding['costs']) {
  return costs.map(({ standing, cells }) => ({
    standing,
    ...Object.fromEntries(
      OUTCOMES.map((outcome) => {
        const { charge, fraction, amount } = cells[outcome];
        return [outcome, { charge, fraction: fraction.toFixed(), amount: String(amount) }];
      }),
    ),
  }));
}
