import { type Choice, readChoices } from './choice.js';
import type { Decimal } from './decimal.js';
import { ONE } from './decimal.js';
import { serversOf, standingTowards } from './host.js';
import type { ModelParams, StatTest } from './params.js';
import type { ReadOptions } from './read.js';
import { type EstimatedReward, readReward } from './reward.js';
import { type Cost, costOf } from './rules/costs.js';
import { nextValidationStart, upcomingHeights } from './rules/heights.js';
import { isWeighed, type ModelState, modelState } from './rules/model-state.js';
import { type ChosenRules, chooseRules } from './rules/rule-set.js';
import { mustBeSentAgain } from './rules/stored-choice.js';
import { isVersionBelow } from './rules/version.js';
import { readCoefficients } from './stage/read.js';
import { coefficientOf } from './stage/stage.js';
import { type ChainView, readChainView } from './view.js';

/** What a host must do for a model: a choice, and the height by which it is due. */
export interface Owed {
  what: string;
  byHeight: number;
  /** The cost of leaving it out, in the epoch for which it counts; null: nothing. */
  cost: Cost | null;
  /** The first epoch in which leaving it out costs something. */
  fromEpoch: number;
}

/** A model and one host. */
export interface OwnModel {
  serves: boolean;
  choice: Choice;
  /** Null: nothing is due. */
  owed: Owed | null;
  note: string;
}

/** One model as the chain has it now. */
export interface ModelRow {
  modelId: string;
  state: ModelState;
  evidence: string;
  statTest: StatTest | null;
  /** Null: not known. */
  coefficient: Decimal | null;
  hosts: number;
  /** Weight of the hosts that serve it, over all their models. */
  weight: bigint;
  penaltyStartEpoch: number | null;
  own: OwnModel | null;
}

/** Every model that the chain names, and what a host must do for each. */
export interface ModelTable {
  view: ChainView;
  rules: ChosenRules;
  rows: ModelRow[];
  host: { address: string; weight: bigint | null; reward: EstimatedReward | null } | null;
}

/**
 * Reads the state of each governance model; for a host also what it serves, what it stored and what is due.
 */
export async function readModelTable(
  nodeUrl: string,
  address: string | undefined,
  options: ReadOptions,
): Promise<ModelTable> {
  const [view, wireCoefficients] = await Promise.all([
    readChainView(nodeUrl, options),
    readCoefficients(nodeUrl, 0, options),
  ]);
  const names = namesOf(view);
  const [choices, reward] = await Promise.all([
    address === undefined ? null : readChoices(nodeUrl, address, names, options),
    address === undefined ? null : readReward(nodeUrl, address, options),
  ]);
  const told = new Map(
    (wireCoefficients?.coefficients ?? []).map((scale) => [scale.model_id, coefficientOf(scale)]),
  );
  const rules = chooseRules('auto', view.version, undefined);
  const rows = names.map((modelId) => rowOf(modelId, view, told));
  const participant = view.participants.find((candidate) => candidate.address === address) ?? null;
  return {
    view,
    rules,
    rows: rows.map((row) => ({
      ...row,
      own: choices && ownOf(row, choices.get(row.modelId) ?? { kind: 'none' }, participant, view, rules),
    })),
    host: address === undefined ? null : { address, weight: participant?.weight ?? null, reward },
  };
}

const ORDER: ModelState[] = ['base', 'active', 'launching', 'unknown', 'catalogued', 'removed', 'absent'];

function namesOf(view: ChainView): string[] {
  const names = new Set([
    ...view.params.models.map(({ modelId }) => modelId),
    ...view.evidence.catalogue,
    ...(view.evidence.group?.models ?? []),
    ...view.participants.flatMap(({ models }) => models),
  ]);
  const place = (modelId: string) => ORDER.indexOf(modelState(modelId, view).state);
  return [...names].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
}

function rowOf(modelId: string, view: ChainView, told: Map<string, Decimal | null>): Omit<ModelRow, 'own'> {
  const entry = view.params.models.find((model) => model.modelId === modelId);
  const servers = serversOf(modelId, view.participants).filter(({ weight }) => weight > 0n);
  const isOld = isVersionBelow(view.version, [0, 2, 16]) === true;
  return {
    modelId,
    ...modelState(modelId, view),
    statTest: entry?.statTest ?? null,
    coefficient:
      told.get(modelId) ??
      view.evidence.group?.weighed.get(modelId) ??
      entry?.weightScaleFactor ??
      (entry !== undefined && isOld ? ONE : null),
    hosts: servers.length,
    weight: servers.reduce((sum, { weight }) => sum + weight, 0n),
    penaltyStartEpoch: entry?.penaltyStartEpoch ?? null,
  };
}

/** The row of one host: what it must do for the model, by when, and the cost of leaving it out. */
function ownOf(
  row: Omit<ModelRow, 'own'>,
  choice: Choice,
  participant: ChainView['participants'][number] | null,
  view: ChainView,
  rules: ChosenRules,
): OwnModel {
  const serves = participant?.models.includes(row.modelId) ?? false;
  const entry = view.params.models.find(({ modelId }) => modelId === row.modelId);
  const base = { serves, choice };
  if (entry === undefined) return { ...base, owed: null, note: 'not in PoC: no choice needed' };
  if (row.state === 'unknown')
    return {
      ...base,
      owed: null,
      note: 'whether a choice is needed is not known, since the state is not known',
    };
  return isWeighed(row.state)
    ? ownOfActive(base, entry, participant, view, rules)
    : ownOfLaunching(base, entry, participant, view, rules);
}

type Own = Pick<OwnModel, 'serves' | 'choice'>;
type Participant = ChainView['participants'][number] | null;

/**
 * A host that serves an active model needs no transaction. A delegation or refusal counts when the validation
 * starts.
 */
function ownOfActive(
  own: Own,
  entry: ModelParams,
  participant: Participant,
  view: ChainView,
  rules: ChosenRules,
): OwnModel {
  const { choice } = own;
  if (own.serves) return { ...own, owed: null, note: 'you serve it: no transaction needed' };
  const standing = standingTowards(entry.modelId, participant, choice, view.participants);
  const byHeight = nextValidationStart(view.epochs, view.pace.height);
  const isLost = choice.kind === 'refusal' && mustBeSentAgain(choice, byHeight, view.epochs);
  if (standing === 'delegation_counts') return { ...own, owed: null, note: 'delegated: it lasts' };
  if (standing === 'refusal' && !isLost)
    return { ...own, owed: null, note: 'refused: the chain forgets it after the next validation' };
  const why = standing === 'delegation_does_not_count' ? ' (the stored delegation does not count)' : '';
  return {
    ...own,
    owed: {
      what: `serve it, or delegate or refuse${why}`,
      byHeight,
      ...costOfNothing(entry, 'eligible', participant, view, rules),
    },
    note: choice.kind === 'intent' ? 'an intent has no effect for an active model' : '',
  };
}

/** For a launching model the choice at the snapshot counts. */
function ownOfLaunching(
  own: Own,
  entry: ModelParams,
  participant: Participant,
  view: ChainView,
  rules: ChosenRules,
): OwnModel {
  const { snapshotHeight } = upcomingHeights(view.epochs, view.params.delegation.deployWindow);
  if (snapshotHeight === null) return { ...own, owed: null, note: 'the chain takes no snapshot' };
  const isLost = mustBeSentAgain(own.choice, snapshotHeight, view.epochs);
  if (own.choice.kind !== 'none' && !isLost)
    return { ...own, owed: null, note: `${own.choice.kind} is stored for the snapshot` };
  return {
    ...own,
    owed: {
      what: isLost ? `send the ${own.choice.kind} again` : 'intent, delegation or refusal',
      byHeight: snapshotHeight,
      ...costOfNothing(entry, 'pre_eligible_only', participant, view, rules),
    },
    note: '',
  };
}

function costOfNothing(
  entry: ModelParams,
  outcome: 'eligible' | 'pre_eligible_only',
  participant: Participant,
  { epochs, params }: ChainView,
  { ruleSet }: ChosenRules,
): Pick<Owed, 'cost' | 'fromEpoch'> {
  const upcomingEpoch = epochs.epoch.index + 1;
  const fromEpoch = Math.max(entry.penaltyStartEpoch, upcomingEpoch);
  const cost = costOf('nothing', outcome, {
    ruleSet,
    params: params.delegation,
    weight: participant?.weight ?? 0n,
    penaltyStartEpoch: entry.penaltyStartEpoch,
    upcomingEpoch: fromEpoch,
    otherPenalties: [],
  });
  return { cost: cost.charge === 'none' ? null : cost, fromEpoch };
}
