import type { EstimatedReward } from '../chain/reward.js';
import type { Acceptance } from './acceptance.js';
import type { ModelOutcome, ParticipantOutcome, StageOutcome } from './outcome.js';
import { rulesJson } from './rules.js';
import { factorText } from './weight.js';

/** A stage for programs: weights and powers are text, and so is each integer above 2^53. */
export function outcomeJson(outcome: StageOutcome, reward: EstimatedReward | null) {
  const { stage, rules, factor, models, warnings } = outcome;
  const { place, snapshot, params } = stage;
  return {
    height: place.height,
    epoch: place.epoch,
    confirmation: place.confirmation,
    rules: rulesJson(rules),
    snapshot_height: snapshot?.height ?? null,
    normalisation: factor === null ? null : factorText(factor),
    models: models.map((model) => ({
      model_id: model.modelId,
      validation_slots: params.poc.validationSlots,
      threshold_bps: integer(params.poc.thresholdBps),
      total_network_weight: snapshot === null ? null : String(snapshot.totalNetworkWeight),
      voting_power: textOf(model.votingPower),
      coefficient: model.coefficient?.toFixed() ?? null,
      participants: model.participants.map((participant) => participantJson(participant, model)),
    })),
    reward: reward && {
      epoch: reward.epoch,
      reward_coins: String(reward.rewardCoins),
      work_coins: String(reward.workCoins),
    },
    warnings,
  };
}

function participantJson(participant: ParticipantOutcome, { early }: ModelOutcome) {
  const { address, commit, nodes, acceptance, computed, onChain } = participant;
  const share = early?.shares.find((candidate) => candidate.address === address);
  return {
    address,
    count: integer(commit?.count ?? 0n),
    root_hash: commit?.rootHash ?? null,
    nodes: (nodes ?? []).map(({ nodeId, weight }) => ({ node_id: nodeId, weight: String(weight) })),
    slots: acceptance && slotsJson(acceptance),
    validators: (acceptance?.validators ?? []).map((share) => ({
      address: share.address,
      slots: share.slots,
      voting_power: String(share.votingPower),
      vote: textOf(share.vote),
    })),
    accepted: acceptance?.accepted ?? null,
    decided_by: acceptance?.decidedBy ?? null,
    weight_computed: textOf(computed?.weight ?? null),
    weight_on_chain: textOf(onChain?.weight ?? null),
    raw_weight_computed: textOf(computed?.raw ?? null),
    raw_weight_on_chain: textOf(onChain?.raw ?? null),
    differences: participant.differences,
    early_share: share ? { share: Number(share.shareBps) / 10_000, missed: share.missed } : null,
    causes: participant.causes,
    not_known: participant.notKnown,
  };
}

/** In slots, or (as text) in voting power where the chain counts by power. */
function slotsJson({ unit, sampled, valid, invalid, unvoted }: Acceptance) {
  const write = unit === 'slots' ? integer : String;
  return {
    unit,
    sampled: write(sampled),
    valid: write(valid),
    invalid: write(invalid),
    unvoted: write(unvoted),
  };
}

function integer(value: bigint): number | string {
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? String(value) : Number(value);
}

function textOf(value: bigint | null): string | null {
  return value === null ? null : String(value);
}
