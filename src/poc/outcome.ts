import type { Decimal } from '../chain/decimal.js';
import { type Commit, type GroupWeight, keyOf, type Stage } from '../chain/stage/stage.js';
import { AssayError } from '../errors.js';
import { type Acceptance, type AcceptanceRules, judgeAcceptance } from './acceptance.js';
import { type Cause, causesOf, type HardwareOfHosts, type Unknown, validatorsAgainstAll } from './causes.js';
import { type EarlyShares, earlyShares } from './early-share.js';
import { type PocRules, pocRules } from './rules.js';
import { validatorsOf } from './slots.js';
import { type EarnedWeight, earnedWeight, normalisationFactor, scaled } from './weight.js';

/** The weight of one host for one model, and the reasons for it. */
export interface ParticipantOutcome {
  address: string;
  commit: Commit | null;
  /** Null: the host sent no distribution. */
  nodes: { nodeId: string; weight: bigint }[] | null;
  /** Null: not known, because the snapshot is deleted or votes contradict each other. */
  acceptance: Acceptance | null;
  /**
   * What an accepted commit earns, or a refused one would have earned; null: not known without the snapshot.
   */
  earned: EarnedWeight | null;
  /** According to the rules; null: not known. */
  computed: { raw: bigint; weight: bigint | null } | null;
  /** According to the chain; null: it has no group of this model, or deleted it. */
  onChain: { raw: bigint; weight: bigint | null; nodes: GroupWeight['nodes'] } | null;
  /** Why the two may differ; empty where they do not. */
  differences: string[];
  causes: Cause[];
  /** Causes that the answers do not show, and how to check them. */
  notKnown: Unknown[];
}

/** One model of a stage. */
export interface ModelOutcome {
  modelId: string;
  /** Null: the snapshot is deleted. */
  votingPower: bigint | null;
  coefficient: Decimal | null;
  early: EarlyShares | null;
  participants: ParticipantOutcome[];
}

/** A stage, judged. */
export interface StageOutcome {
  stage: Stage;
  rules: PocRules;
  /** Times 10^16; null: the snapshot is deleted. */
  factor: bigint | null;
  models: ModelOutcome[];
  warnings: string[];
}

/** The hosts and models that the user asked for. */
export interface OutcomeRequest {
  /** Null: every participant. */
  address: string | null;
  /** Null: every model. */
  model: string | null;
  hardware: HardwareOfHosts | null;
}

/** Far above the number on any chain. The limit is needed because each slot of each host is computed. */
const MOST_SLOTS = 100_000;

/** Judges a stage by the chain's rules, and compares the result with the chain's. */
export function judgeStage(stage: Stage, request: OutcomeRequest): StageOutcome {
  const { snapshot, params } = stage;
  if (params.poc.validationSlots > MOST_SLOTS)
    throw new AssayError(
      `the chain reports ${params.poc.validationSlots} validation slots: nothing can be judged with that`,
      {
        advice: 'ask another --node',
      },
    );
  const rules = pocRules(stage.version);
  const factor =
    snapshot &&
    normalisationFactor({
      normalised: params.poc.normalised,
      pocStageDuration: params.poc.pocStageDuration,
      pocExchangeDuration: params.poc.pocExchangeDuration,
      generationStart: snapshot.generationStart,
      exchangeEnd: snapshot.exchangeEnd,
    });
  const addresses = addressesByModel(stage);
  const models = modelsOf(stage, addresses, request).map((modelId) =>
    judgeModel(stage, modelId, factor, askedOf(addresses.get(modelId), request), request.hardware),
  );
  return { stage, rules, factor, models, warnings: warningsOf(stage, rules, models) };
}

/**
 * Participants that can be judged for a model: with a commit, with votes on them, or in the model's group.
 */
function addressesByModel({ commits, votes, groups }: Stage): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const add = (modelId: string, address: string) => {
    const known = found.get(modelId);
    if (known) known.add(address);
    else found.set(modelId, new Set([address]));
  };
  for (const { modelId, address } of commits) add(modelId, address);
  for (const key of votes.keys()) {
    const space = key.indexOf(' ');
    add(key.slice(0, space), key.slice(space + 1));
  }
  for (const [modelId, group] of groups)
    for (const [address, { raw }] of group) if (raw > 0n) add(modelId, address);
  return found;
}

/** Every model that the parameters, the snapshot, a commit, a vote or a group of a stage names, sorted. */
export function namedModels(stage: Stage, addresses = addressesByModel(stage)): string[] {
  const { params, snapshot } = stage;
  const known = new Set([
    ...params.models.map(({ modelId }) => modelId),
    ...(snapshot?.votingPowers.keys() ?? []),
    ...addresses.keys(),
  ]);
  return [...known].sort();
}

/**
 * The host's models; all models of the chain where it took part in none, so that each gets the line "no
 * commit".
 */
function modelsOf(
  stage: Stage,
  addresses: Map<string, Set<string>>,
  { address, model }: OutcomeRequest,
): string[] {
  if (model !== null) return [model];
  const all = namedModels(stage, addresses);
  const own = address === null ? all : all.filter((modelId) => addresses.get(modelId)?.has(address));
  return own.length > 0 ? own : all;
}

function askedOf(known: Set<string> | undefined, { address }: OutcomeRequest): string[] {
  return address === null ? [...(known ?? [])].sort() : [address];
}

function judgeModel(
  stage: Stage,
  modelId: string,
  factor: bigint | null,
  addresses: string[],
  hardware: HardwareOfHosts | null,
): ModelOutcome {
  const powers = stage.snapshot && (stage.snapshot.votingPowers.get(modelId) ?? new Map<string, bigint>());
  const validators = powers && validatorsOf(powers);
  const rules: AcceptanceRules | null = validators && {
    validationSlots: stage.params.poc.validationSlots,
    thresholdBps: stage.params.poc.thresholdBps,
    totalNetworkWeight: stage.snapshot?.totalNetworkWeight ?? 0n,
    guardians: new Set(stage.params.guardians),
    validators,
  };
  const coefficient = stage.coefficients.get(modelId) ?? null;
  const commits = new Map(
    stage.commits.filter((commit) => commit.modelId === modelId).map((commit) => [commit.address, commit]),
  );
  const early = earlyOf(stage, modelId, commits, powers);
  const againstAll = validatorsAgainstAll(stage.votes, modelId);
  const participants = addresses.map((address): ParticipantOutcome => {
    const commit = commits.get(address) ?? null;
    const key = keyOf(modelId, address);
    const nodes = stage.distributions.get(key) ?? null;
    const votes = stage.votes.get(key) ?? new Map<string, bigint[]>();
    const acceptance = rules && judgeBothWays(stage, { modelId, address }, votes, rules);
    const earned = factor === null ? null : earnedWeight(commit?.count ?? 0n, nodes, factor, coefficient);
    const computed = computedOf(acceptance, earned);
    const onChain = onChainOf(stage, modelId, address, coefficient);
    const base = { address, commit, nodes, acceptance, earned, computed, onChain };
    return {
      ...base,
      differences: differencesOf(stage, base),
      ...causesOf({ ...base, rules, early, votes, againstAll, hardware }),
    };
  });
  return { modelId, votingPower: validators?.total ?? null, coefficient, early, participants };
}

/** Votes that contradict each other count as neither. Both cases are judged, and must agree. */
function judgeBothWays(
  { snapshot }: Stage,
  { modelId, address }: { modelId: string; address: string },
  votes: ReadonlyMap<string, bigint[]>,
  rules: AcceptanceRules,
): Acceptance | null {
  const seed = { appHash: snapshot?.appHash ?? '', participant: address, modelId };
  const by = (pick: (a: bigint, b: bigint) => boolean) =>
    new Map([...votes].map(([validator, list]) => [validator, list.reduce((a, b) => (pick(a, b) ? a : b))]));
  const least = judgeAcceptance(
    seed,
    by((a, b) => a < b),
    rules,
  );
  if (![...votes.values()].some(isContradictory)) return least;
  const most = judgeAcceptance(
    seed,
    by((a, b) => a > b),
    rules,
  );
  return least.accepted === most.accepted && least.decidedBy === most.decidedBy ? least : null;
}

/** A validator that voted both valid and invalid. */
function isContradictory(votes: readonly bigint[]): boolean {
  return votes.some((vote) => vote > 0n) && votes.some((vote) => vote <= 0n);
}

function computedOf(acceptance: Acceptance | null, earned: EarnedWeight | null) {
  if (acceptance?.accepted === false || earned?.raw === 0n) return { raw: 0n, weight: 0n };
  return acceptance && earned && { raw: earned.raw, weight: earned.weight };
}

function onChainOf(
  { groups, groupModels, place }: Stage,
  modelId: string,
  address: string,
  coefficient: Decimal | null,
): ParticipantOutcome['onChain'] {
  const group = groups.get(modelId);
  // A model that the epoch's group does not list gives nobody weight.
  if (group === undefined)
    return groupModels === null || groupModels.has(modelId) ? null : { raw: 0n, weight: 0n, nodes: [] };
  const entry = group.get(address);
  if (entry === undefined) return { raw: 0n, weight: 0n, nodes: [] };
  const raw = place.confirmation && entry.confirmed > 0n ? entry.confirmed : entry.raw;
  return { raw, weight: scaled(raw, coefficient), nodes: entry.nodes };
}

function differencesOf(
  { place }: Stage,
  { commit, computed, onChain }: Pick<ParticipantOutcome, 'commit' | 'computed' | 'onChain'>,
): string[] {
  if (computed === null || onChain === null || computed.raw === onChain.raw) return [];
  if (place.confirmation)
    return ['the chain uses the smallest weight of all confirmation PoCs of the epoch, plus preserved nodes'];
  if (onChain.raw === 0n)
    return [
      'the chain leaves out a host without a seed or a validator key, and a model that did not become eligible',
      'the host may have been excluded after the epoch began',
    ];
  if (commit === null || computed.raw === 0n)
    return ['the chain keeps the weight of preserved nodes without a new commit'];
  return [
    'nodes that the chain preserves for inference keep their weight without a commit',
    'parameters may have changed since the stage: --at-height reads the old ones',
  ];
}

function earlyOf(
  { early, place }: Stage,
  modelId: string,
  commits: ReadonlyMap<string, Commit>,
  powers: ReadonlyMap<string, bigint> | null,
): EarlyShares | null {
  if (early === null || powers === null || early.height < place.height) return null;
  const before = new Map(
    early.commits
      .filter((commit) => commit.modelId === modelId)
      .map((commit) => [commit.address, commit.count]),
  );
  return earlyShares(
    [...commits.values()].map(({ address, count }) => ({
      address,
      early: before.get(address) ?? 0n,
      final: count,
      votingPower: powers.get(address) ?? 0n,
    })),
  );
}

function warningsOf(stage: Stage, { warning }: PocRules, models: ModelOutcome[]): string[] {
  const warnings = warning === null ? [] : [warning];
  const { place, blockHeight, phase, params, snapshot } = stage;
  if (!place.confirmation && blockHeight < place.formedAtHeight)
    warnings.push(`the stage is running (${phase}, height ${blockHeight}): the result may still change`);
  const listed = new Set(params.models.map(({ modelId }) => modelId));
  for (const { modelId, participants, coefficient } of models) {
    if (!listed.has(modelId) && participants.length > 0)
      warnings.push(`${modelId || 'a commit without a model'}: not in the chain's current PoC parameters`);
    else if (coefficient === null)
      warnings.push(
        `${modelId}: the chain does not report its coefficient: its weight is not known (the count is not the weight)`,
      );
    const contradictory = participants.filter(({ address }) =>
      [...(stage.votes.get(keyOf(modelId, address))?.values() ?? [])].some(isContradictory),
    );
    if (contradictory.length > 0)
      warnings.push(
        `${modelId}: validators voted both valid and invalid on ${contradictory.map(({ address }) => address).join(', ')}`,
      );
  }
  if (snapshot !== null && snapshot.totalNetworkWeight === 0n)
    warnings.push('the snapshot has no network weight: no majority can be reached');
  return warnings;
}
