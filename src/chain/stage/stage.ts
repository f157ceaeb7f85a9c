import { type Decimal, ONE, toDecimal } from '../decimal.js';
import { toBigInt, toNumber } from '../integer.js';
import { type ChainParams, paramsOf } from '../params.js';
import { isVersionBelow } from '../rules/version.js';
import type { StagePlace } from './locate.js';
import type { StageRecord } from './record.js';
import type { WireCommits, WireEpochGroup, WireScale } from './wire.js';

/** What a host committed for a model: a count of nonces, and the root of their tree. */
export interface Commit {
  address: string;
  modelId: string;
  count: bigint;
  /** base64 */
  rootHash: string;
}

/** Voting powers at the start of the validation. */
export interface Snapshot {
  height: number;
  appHash: string;
  /** Seconds. */
  generationStart: bigint;
  exchangeEnd: bigint;
  totalNetworkWeight: bigint;
  /** By model, then by address. */
  votingPowers: Map<string, Map<string, bigint>>;
}

/** What the chain keeps for a host in a model's group: the weight before the model's coefficient. */
export interface GroupWeight {
  raw: bigint;
  confirmed: bigint;
  nodes: { nodeId: string; raw: bigint }[];
}

/** A stage in plain types. */
export interface Stage {
  place: StagePlace;
  version: string;
  blockHeight: number;
  phase: string;
  params: ChainParams;
  commits: Commit[];
  /** By model and address (see `keyOf`): the committed nonces of each node. */
  distributions: Map<string, { nodeId: string; weight: bigint }[]>;
  /**
   * By model and participant, then by validator: every vote that was sent. A validator that voted twice has
   * two.
   */
  votes: Map<string, Map<string, bigint[]>>;
  snapshot: Snapshot | null;
  /** By model: the factor for the epoch's weights. A model that is missing here: not known. */
  coefficients: Map<string, Decimal>;
  /** Weights of the epoch's hosts, all models together; null: no group yet, or it was deleted. */
  weights: Map<string, bigint> | null;
  /** By model, then by address; a model without a group is missing here. */
  groups: Map<string, Map<string, GroupWeight>>;
  /** Models that the epoch's group lists; null: no group. */
  groupModels: Set<string> | null;
  early: { height: number; commits: Commit[] } | null;
}

/** The key of a participant's answers for a model. */
export function keyOf(modelId: string, address: string): string {
  return `${modelId} ${address}`;
}

/** Builds the stage from a record. */
export function stageOf(record: StageRecord): Stage {
  const { answers, early, version } = record;
  const params = paramsOf(answers.params);
  return {
    place: record.place,
    version,
    blockHeight: record.block_height,
    phase: record.phase,
    params,
    commits: commitsOf(answers.commits),
    distributions: distributionsOf(record),
    votes: votesOf(record),
    snapshot: snapshotOf(record),
    coefficients: coefficientsOf(record, params),
    weights: answers.group && weightsOf(answers.group),
    groups: new Map(
      Object.entries(answers.model_groups).flatMap(([model, group]) =>
        group === null ? [] : [[model, groupOf(group)] as const],
      ),
    ),
    groupModels: answers.group && new Set(answers.group.epoch_group_data.sub_group_models ?? []),
    early: early && { height: early.height, commits: commitsOf(early.commits) },
  };
}

/** Commits. Of two for the same host and model the larger one counts, since a count only grows. */
export function commitsOf({ commits }: WireCommits): Commit[] {
  const byKey = new Map<string, Commit>();
  for (const wire of commits ?? []) {
    const commit = {
      address: wire.participant_address,
      modelId: wire.model_id ?? '',
      count: toBigInt(wire.count),
      rootHash: wire.root_hash ?? '',
    };
    const key = keyOf(commit.modelId, commit.address);
    const known = byKey.get(key);
    if (known === undefined || commit.count > known.count) byKey.set(key, commit);
  }
  return [...byKey.values()];
}

function distributionsOf({ answers }: StageRecord): Stage['distributions'] {
  const all: Stage['distributions'] = new Map();
  for (const { participant_address, model_id, weights } of answers.distributions.distributions ?? []) {
    all.set(
      keyOf(model_id ?? '', participant_address),
      (weights ?? []).map(({ node_id, weight }) => ({ nodeId: node_id ?? '', weight: toBigInt(weight) })),
    );
  }
  return all;
}

function votesOf({ answers }: StageRecord): Stage['votes'] {
  const all: Stage['votes'] = new Map();
  for (const { participant, model_id, poc_validation } of answers.validations.poc_validation ?? []) {
    for (const vote of poc_validation ?? []) {
      // The model of the participant's entry, where it has one: an older gateway names the model only in the
      // votes.
      const key = keyOf(model_id || vote.model_id || '', participant);
      const ofParticipant = all.get(key) ?? new Map<string, bigint[]>();
      all.set(key, ofParticipant);
      const ofValidator = ofParticipant.get(vote.validator_participant_address) ?? [];
      ofParticipant.set(vote.validator_participant_address, ofValidator);
      ofValidator.push(toBigInt(vote.validated_weight));
    }
  }
  return all;
}

function snapshotOf({ answers }: StageRecord): Snapshot | null {
  const { found, snapshot } = answers.snapshot;
  if (!snapshot || found === false) return null;
  return {
    height: toNumber(snapshot.snapshot_height),
    appHash: snapshot.app_hash ?? '',
    generationStart: toBigInt(snapshot.generation_start_timestamp),
    exchangeEnd: toBigInt(snapshot.exchange_end_timestamp),
    totalNetworkWeight: toBigInt(snapshot.total_network_weight),
    votingPowers: new Map(
      (snapshot.model_voting_powers ?? []).map(({ model_id, voting_powers }) => [
        model_id,
        new Map((voting_powers ?? []).map(({ address, voting_power }) => [address, toBigInt(voting_power)])),
      ]),
    ),
  };
}

/**
 * The coefficient of each model: the epoch's own where the chain keeps it, else that of the parameters. A
 * model without either has 1, but only before v0.2.16; from then on it is not known.
 */
function coefficientsOf({ answers, version }: StageRecord, params: ChainParams): Map<string, Decimal> {
  const found = new Map<string, Decimal>();
  const isOld = isVersionBelow(version, [0, 2, 16]) === true;
  for (const { modelId, weightScaleFactor } of params.models) {
    if (weightScaleFactor !== null) found.set(modelId, weightScaleFactor);
    else if (isOld) found.set(modelId, ONE);
  }
  const scales = answers.group?.epoch_group_data.confirmation_weight_scales ?? [];
  for (const scale of [...scales, ...(answers.coefficients?.coefficients ?? [])]) {
    const coefficient = coefficientOf(scale);
    if (coefficient !== null) found.set(scale.model_id, coefficient);
  }
  return found;
}

/** An entry without a figure: not computed yet. */
export function coefficientOf({ effective_coefficient, weight_scale_factor }: WireScale): Decimal | null {
  const told = [effective_coefficient, weight_scale_factor].map(toDecimal);
  return told.find((value) => !value.isZero()) ?? null;
}

function weightsOf({ epoch_group_data }: WireEpochGroup): Map<string, bigint> {
  const weights = epoch_group_data.validation_weights ?? [];
  return new Map(weights.map(({ member_address, weight }) => [member_address, toBigInt(weight)]));
}

function groupOf({ epoch_group_data }: WireEpochGroup): Map<string, GroupWeight> {
  return new Map(
    (epoch_group_data.validation_weights ?? []).map((entry) => [
      entry.member_address,
      {
        raw: toBigInt(entry.weight),
        confirmed: toBigInt(entry.confirmation_weight),
        nodes: (entry.ml_nodes ?? []).map(({ node_id, poc_weight }) => ({
          nodeId: node_id ?? '',
          raw: toBigInt(poc_weight),
        })),
      },
    ]),
  );
}
