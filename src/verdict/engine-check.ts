import type { Observation } from '../run/observation.js';
import type { DecodeReport, Warning } from '../run/report.js';
import { counted } from '../text/figures.js';
import { summarise } from '../vectors/summary.js';
import { byReplica } from './measurements.js';

/** What an engine said of the chains of one request. */
export interface EngineCheckCounts {
  /** Nonces that it was asked to check. */
  nonces: number[];
  n_total: number;
  n_mismatch: number;
  mismatch_nonces: number[];
}

/** Whose engine judged the chains. */
export type EngineJudge = 'trusted_engine' | 'own_check';

/** Chains as an engine judged them. */
export interface EngineJudgement {
  by: EngineJudge;
  /** Of the nonces that it checked, and of those that are no chains: these mismatch by themselves. */
  observations: Observation[];
  /** An older build, which counts steps: its list of nonces counts, and not its sums. */
  isPooled: boolean;
}

/**
 * Judges chains by an engine's word: a nonce mismatches where the engine says so. Nothing here measures a margin, for
 * only an engine that holds the model can.
 *
 * @param observations of the decode scheme
 * @param trusted what a trusted engine said of the node's chains; null where none was asked
 * @param own what the node said of the golden chains; null where it was not asked
 * @returns null where no engine judged
 */
export function judgedByEngine(
  observations: Observation[],
  trusted: EngineCheckCounts[] | null,
  own: EngineCheckCounts[] | null,
): EngineJudgement | null {
  const checks = trusted ?? own;
  if (checks === null || checks.length === 0) return null;
  const checked = new Set(checks.flatMap(({ nonces }) => nonces));
  const mismatches = new Set(checks.flatMap(({ mismatch_nonces }) => mismatch_nonces));
  return {
    by: trusted === null ? 'own_check' : 'trusted_engine',
    isPooled: checks.some(({ nonces, n_total }) => nonces.length > 0 && n_total > nonces.length),
    observations: observations.flatMap((observation): Observation[] => {
      if (observation.why !== null && observation.why !== 'engine')
        return [{ ...observation, mismatch: true }];
      if (!checked.has(observation.nonce)) return [];
      const mismatch = mismatches.has(observation.nonce);
      return [{ ...observation, mismatch, why: mismatch ? ('engine' as const) : null }];
    }),
  };
}

/** Where the node's chains leave the reference's; after the first step that differs they mean nothing. */
export function divergenceOf(observations: Observation[]): Pick<DecodeReport, 'chains' | 'replicas'> {
  return {
    chains: partingOf(observations),
    replicas: [...byReplica(observations)].map(([port, own]) => ({ port, ...partingOf(own) })),
  };
}

function partingOf(observations: Observation[]): DecodeReport['chains'] {
  const whole = observations.filter(({ k_points_steps }) => k_points_steps !== undefined);
  const steps = whole.flatMap(({ first_divergence: step }) => (step == null ? [] : [step]));
  return {
    compared: whole.length,
    equal: whole.length - steps.length,
    first_divergence: steps.length === 0 ? null : summarise(steps),
  };
}

/** What must be known of a verdict that an engine gave. */
export function engineWarnings({ by, isPooled }: EngineJudgement): Warning[] {
  return [
    ...(by === 'own_check'
      ? [
          {
            code: 'judged_by_own_check' as const,
            text: "the verdict is by the node's own check, which is its own word: no trusted engine checked its chains",
            about_node: true,
            advice: 'name a node that you trust: --trusted-url URL',
          },
        ]
      : []),
    ...(isPooled
      ? [
          {
            text: 'the engine that judged is of an older build, which counts steps: its list of nonces was taken, and not its sums',
            about_node: false,
          },
        ]
      : []),
  ];
}

/** Whose word a verdict of the decode scheme is, in a phrase. */
export function engineText(by: EngineJudge): string {
  return by === 'trusted_engine' ? "by the trusted engine's check" : "by the node's own check";
}

/** `40 of 64 chains are equal in full; the others part at step 12 to 250` */
export function divergenceText({ chains }: Pick<DecodeReport, 'chains'>): string {
  const { compared, equal, first_divergence: parting } = chains;
  const rest =
    parting === null
      ? ''
      : `; the others part at step ${parting.min} to ${parting.max}, half of them by ${parting.p50}`;
  return `${equal} of ${counted(compared, 'chain')} equal the reference in full${rest}`;
}
