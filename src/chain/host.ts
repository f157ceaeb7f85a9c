import { type Choice, readChoices } from './choice.js';
import type { Decimal } from './decimal.js';
import type { ModelParams } from './params.js';
import type { Participant } from './participants.js';
import type { ReadOptions } from './read.js';
import { type EstimatedReward, readReward } from './reward.js';
import {
  type Cost,
  costOf,
  type ModelOutcome,
  OUTCOMES,
  type RuleSet,
  STANDINGS,
  type Standing,
} from './rules/costs.js';
import { isWeighed, modelState } from './rules/model-state.js';
import type { ChainView } from './view.js';

/** One host in a bootstrap: what it has stored, and what each choice would cost it. */
export interface HostStanding {
  address: string;
  /** null: not in the running epoch. */
  participant: Participant | null;
  choice: Choice;
  /** Penalties that the host already pays for other models, which are in regular PoC. */
  otherPenalties: { model: string; fraction: Decimal }[];
  costs: { standing: Standing; cells: Record<ModelOutcome, Cost> }[];
  /** The chain's own estimate for the present epoch; null: the node does not report one. */
  reward: EstimatedReward | null;
}

/** Reads what an address has stored, and computes the scenario table for it. */
export async function readHostStanding(
  nodeUrl: string,
  address: string,
  entry: ModelParams,
  view: Pick<ChainView, 'epochs' | 'params' | 'participants' | 'evidence'>,
  ruleSet: RuleSet,
  options?: ReadOptions,
): Promise<HostStanding> {
  const { epochs, params, participants } = view;
  const participant = participants.find((candidate) => candidate.address === address) ?? null;
  const others = params.models.filter(
    ({ modelId }) => modelId !== entry.modelId && isWeighed(modelState(modelId, view).state),
  );
  const modelIds = [entry.modelId, ...others.map(({ modelId }) => modelId)];
  const [choices, reward] = await Promise.all([
    readChoices(nodeUrl, address, modelIds, options),
    readReward(nodeUrl, address, options),
  ]);
  const weight = participant?.weight ?? 0n;
  const upcomingEpoch = epochs.epoch.index + 1;
  const inputsFor = (model: ModelParams, otherPenalties: Decimal[]) => ({
    ruleSet,
    params: params.delegation,
    weight,
    penaltyStartEpoch: model.penaltyStartEpoch,
    upcomingEpoch,
    otherPenalties,
  });

  const otherPenalties = others.flatMap((model) => {
    const choice = choices.get(model.modelId) ?? { kind: 'none' };
    const standing = standingTowards(model.modelId, participant, choice, participants);
    const cost = costOf(standing, 'eligible', inputsFor(model, []));
    const isPenalty = cost.charge === 'refusal' || cost.charge === 'no_participation';
    return isPenalty ? [{ model: model.modelId, fraction: cost.fraction }] : [];
  });
  const inputs = inputsFor(
    entry,
    otherPenalties.map(({ fraction }) => fraction),
  );
  return {
    address,
    participant,
    choice: choices.get(entry.modelId) ?? { kind: 'none' },
    otherPenalties,
    reward,
    costs: STANDINGS.map((standing) => ({
      standing,
      cells: Object.fromEntries(
        OUTCOMES.map((outcome) => [outcome, costOf(standing, outcome, inputs)]),
      ) as Record<ModelOutcome, Cost>,
    })),
  };
}

/** Participants that serve a model already. */
export function serversOf(model: string, participants: Participant[]): Participant[] {
  return participants.filter(({ models }) => models.includes(model));
}

/** The state of a host for a model in regular PoC. */
export function standingTowards(
  model: string,
  host: Participant | null,
  choice: Choice,
  participants: Participant[],
): Standing {
  if (host?.models.includes(model)) return 'commits';
  if (choice.kind === 'refusal') return 'refusal';
  if (choice.kind === 'intent') return 'intent_without_commits';
  if (choice.kind === 'none') return 'nothing';
  const counts = serversOf(model, participants).some(
    ({ address, weight }) => address === choice.delegateTo && weight > 0n,
  );
  return counts ? 'delegation_counts' : 'delegation_does_not_count';
}
