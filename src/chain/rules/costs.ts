import { type Decimal, ONE, truncatedShare, ZERO } from '../decimal.js';
import type { DelegationParams } from '../params.js';

/** This project knows three sets of rules for the cost of a choice during a bootstrap. */
export const RULE_SETS = ['guide', 'v0.2.13', 'launching-only'] as const;
export type RuleSet = (typeof RULE_SETS)[number];

/** What a host chooses for a model. */
export const STANDINGS = [
  'commits',
  'intent_without_commits',
  'delegation_counts',
  'delegation_does_not_count',
  'refusal',
  'nothing',
] as const;
export type Standing = (typeof STANDINGS)[number];

/** The outcome of the model's bootstrap. */
export const OUTCOMES = ['not_pre_eligible', 'pre_eligible_only', 'eligible'] as const;
export type ModelOutcome = (typeof OUTCOMES)[number];

/** What is charged: one of two penalty fractions, or a share that moves to the delegate. */
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

/** The fraction of a charge, as governance has set it. */
export function fractionOf(charge: Charge, params: DelegationParams): Decimal {
  if (charge === 'refusal') return params.refusalPenalty;
  if (charge === 'no_participation') return params.noParticipationPenalty;
  return charge === 'moved' ? params.delegationShare : ZERO;
}

/** Adds the penalty fractions of several models; the sum is at most 1. */
export function penaltyLoss(fractions: Decimal[], weight: bigint): bigint {
  const sum = fractions.reduce((total, fraction) => total.plus(fraction), ZERO);
  return truncatedShare(sum.gt(1) ? ONE : sum, weight);
}

/** A cell of the scenario table. */
export interface Cost {
  charge: Charge;
  fraction: Decimal;
  /** Part of the host's weight that is lost, or that moves to its delegate. */
  amount: bigint;
}

export interface CostInputs {
  ruleSet: RuleSet;
  params: DelegationParams;
  weight: bigint;
  /** Penalties apply from this epoch on; 0: always. */
  penaltyStartEpoch: number;
  upcomingEpoch: number;
  /** Penalty fractions that the host already pays for its other models. */
  otherPenalties: Decimal[];
}

const NO_COST: Cost = { charge: 'none', fraction: ZERO, amount: 0n };

/**
 * The cost of one choice in one outcome, on top of the cost of other models. A share that moves is not part
 * of the sum of penalties.
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
