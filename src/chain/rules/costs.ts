import { type Decimal, ONE, truncatedShare, ZERO } from '../decimal.js';
import type { DelegationParams } from '../params.js';

/** The record knows three sets of rules for what a choice costs during a bootstrap. */
export const RULE_SETS = ['guide', 'v0.2.13', 'launching-only'] as const;
export type RuleSet = (typeof RULE_SETS)[number];

/** What a host does about a model. */
export const STANDINGS = [
  'commits',
  'intent_without_commits',
  'delegation_counts',
  'delegation_does_not_count',
  'refusal',
  'nothing',
] as const;
export type Standing = (typeof STANDINGS)[number];

/** How far the model comes. */
export const OUTCOMES = ['not_pre_eligible', 'pre_eligible_only', 'eligible'] as const;
export type ModelOutcome = (typeof OUTCOMES)[number];

/** What is taken: a penalty of one of two fractions, or a share that moves to the delegate. */
export type Charge = 'none' | 'refusal' | 'no_participation' | 'moved';

type Row = Record<ModelOutcome, Charge>;

const row = (not_pre_eligible: Charge, pre_eligible_only: Charge, eligible: Charge): Row => ({
  not_pre_eligible,
  pre_eligible_only,
  eligible,
});

const SHARED = {
  commits: row('none', 'none', 'none'),
  intent_without_commits: row('none', 'no_participation', 'no_participation'),
  delegation_counts: row('none', 'none', 'moved'),
  delegation_does_not_count: row('none', 'none', 'no_participation'),
};

const CHARGES: Record<RuleSet, Record<Standing, Row>> = {
  guide: {
    ...SHARED,
    refusal: row('none', 'none', 'refusal'),
    nothing: row('no_participation', 'no_participation', 'no_participation'),
  },
  'v0.2.13': {
    ...SHARED,
    refusal: row('no_participation', 'no_participation', 'refusal'),
    nothing: row('no_participation', 'no_participation', 'no_participation'),
  },
  'launching-only': {
    ...SHARED,
    refusal: row('none', 'no_participation', 'refusal'),
    nothing: row('none', 'no_participation', 'no_participation'),
  },
};

/** The fraction that a charge stands for, as governance has set it. */
export function fractionOf(charge: Charge, params: DelegationParams): Decimal {
  if (charge === 'refusal') return params.refusalPenalty;
  if (charge === 'no_participation') return params.noParticipationPenalty;
  return charge === 'moved' ? params.delegationShare : ZERO;
}

/** Penalties of several models: their fractions add up, never beyond the whole. */
export function penaltyLoss(fractions: Decimal[], weight: bigint): bigint {
  const sum = fractions.reduce((total, fraction) => total.plus(fraction), ZERO);
  return truncatedShare(sum.gt(1) ? ONE : sum, weight);
}

/** A cell of the scenario table. */
export interface Cost {
  charge: Charge;
  fraction: Decimal;
  /** Of the host's weight: lost, or moved to its delegate. */
  amount: bigint;
}

export interface CostInputs {
  ruleSet: RuleSet;
  params: DelegationParams;
  weight: bigint;
  /** Penalties apply to epochs from it on; 0: always. */
  penaltyStartEpoch: number;
  upcomingEpoch: number;
  /** Penalty fractions that the host's other models already cost it. */
  otherPenalties: Decimal[];
}

const NO_COST: Cost = { charge: 'none', fraction: ZERO, amount: 0n };

/**
 * What one standing costs in one outcome, beyond what other models cost already. A share that moves stands
 * apart from the sum of penalties.
 */
export function costOf(standing: Standing, outcome: ModelOutcome, inputs: CostInputs): Cost {
  const { ruleSet, params, weight, otherPenalties } = inputs;
  const charge = CHARGES[ruleSet][standing][outcome];
  if (charge === 'none' || inputs.upcomingEpoch < inputs.penaltyStartEpoch) return NO_COST;
  const fraction = fractionOf(charge, params);
  const amount =
    charge === 'moved'
      ? truncatedShare(fraction, weight)
      : penaltyLoss([...otherPenalties, fraction], weight) - penaltyLoss(otherPenalties, weight);
  return { charge, fraction, amount };
}
