import type { Choice } from '../choice.js';
import { type Decimal, truncatedShare } from '../decimal.js';

/** A live member: weight above zero, a seed, not excluded. The chain counts nobody else's choice. */
export interface Member {
  address: string;
  weight: bigint;
  choice: Choice;
}

export interface PreEligibilityRules {
  /** Intent hosts needed; 0 or less: any number. */
  vMin: number;
  /** Fraction of the network's weight that intents need; 0: any. */
  wThreshold: Decimal;
  /**
   * Null: not in the parameters. This is so from v0.2.16 on, where the coefficient of an epoch is never zero.
   */
  weightScaleFactor: Decimal | null;
}

interface Figures {
  intentHostCount: number;
  intentWeight: bigint;
  /** Weight of the intent hosts, and of those who delegate to one of them. */
  reachableVotingPower: bigint;
  totalNetworkWeight: bigint;
}

/** The chain's judgement at a snapshot. */
export interface PreEligibility extends Figures {
  preEligible: boolean;
  meetsWeightThreshold: boolean;
  meetsVMin: boolean;
  meetsReachability: boolean;
}

/** For each of the three checks: what it needs, and how much is missing. Zero missing: met. */
export interface PreEligibilityNeeds {
  intentHosts: { needed: number; missing: number };
  intentWeight: { needed: bigint; missing: bigint };
  reachableVotingPower: { needed: bigint; missing: bigint };
}

/** Judges a set of live members as the chain does at the snapshot. */
export function judgePreEligibility(members: Member[], rules: PreEligibilityRules): PreEligibility {
  const intents = members.filter(({ choice }) => choice.kind === 'intent');
  const intentHosts = new Set(intents.map(({ address }) => address));
  const delegating = members.filter(
    ({ choice }) => choice.kind === 'delegation' && intentHosts.has(choice.delegateTo),
  );
  const figures: Figures = {
    intentHostCount: intents.length,
    intentWeight: sumOf(intents),
    reachableVotingPower: sumOf(intents) + sumOf(delegating),
    totalNetworkWeight: sumOf(members),
  };
  const needs = preEligibilityNeeds(figures, rules);
  const meetsVMin = needs.intentHosts.missing === 0;
  const meetsWeightThreshold = needs.intentWeight.missing === 0n;
  const meetsReachability = figures.totalNetworkWeight > 0n && needs.reachableVotingPower.missing === 0n;
  return {
    preEligible:
      meetsVMin && meetsWeightThreshold && meetsReachability && (rules.weightScaleFactor?.gt(0) ?? true),
    meetsWeightThreshold,
    meetsVMin,
    meetsReachability,
    ...figures,
  };
}

/** The three thresholds, and how much each still needs. */
export function preEligibilityNeeds(
  figures: Figures,
  { vMin, wThreshold }: PreEligibilityRules,
): PreEligibilityNeeds {
  const total = figures.totalNetworkWeight;
  const hosts = Math.max(0, vMin);
  const weight = truncatedShare(wThreshold, total);
  // The smallest r with 3r > 2T: exactly two thirds are not enough.
  const reachable = (2n * total) / 3n + 1n;
  return {
    intentHosts: { needed: hosts, missing: Math.max(0, hosts - figures.intentHostCount) },
    intentWeight: { needed: weight, missing: shortfall(weight, figures.intentWeight) },
    reachableVotingPower: { needed: reachable, missing: shortfall(reachable, figures.reachableVotingPower) },
  };
}

/**
 * The judgement when the choices of some members are unknown: the lowest result (none of them takes part) and
 * the highest (each one declares intent).
 */
export function preEligibilityRange(
  known: Member[],
  unknown: Omit<Member, 'choice'>[],
  rules: PreEligibilityRules,
): { low: PreEligibility; high: PreEligibility } {
  const withAll = (choice: Choice) => [...known, ...unknown.map((member) => ({ ...member, choice }))];
  return {
    low: judgePreEligibility(withAll({ kind: 'none' }), rules),
    high: judgePreEligibility(withAll({ kind: 'intent' }), rules),
  };
}

function shortfall(needed: bigint, have: bigint): bigint {
  return needed > have ? needed - have : 0n;
}

function sumOf(members: { weight: bigint }[]): bigint {
  return members.reduce((sum, { weight }) => sum + weight, 0n);
}
