import type { ValidationReport, Verdict } from '../run/report.js';
import { counted, nonceList } from '../text/figures.js';
import { applyThreshold } from './apply-threshold.js';
import { diagnose } from './diagnosis/index.js';
import { outsideBand } from './distribution.js';
import type { JudgeInput } from './input.js';
import { distancesOf, finiteL2, mismatchesOf, paramsOf, sortedObservations, tally } from './measurements.js';
import { type Concern, concernsOf, decide } from './reason.js';
import { replicaDisagreement, replicaReports } from './replicas.js';
import { compareSelfCheck, uncountedBySelfCheck } from './self-check.js';
import { exactInterval, firstFailingCount } from './stat-test.js';

export interface Judgement {
  verdict: Exclude<Verdict, 'SKIPPED'>;
  /** One sentence for the host. */
  verdictReason: string;
  /** 0 PASS, 2 FAIL, 1 INCOMPLETE. */
  exitCode: number;
  warnings: string[];
  validation: Omit<ValidationReport, 'request' | 'elapsed_s'>;
}

const EXIT_CODES = { PASS: 0, FAIL: 2, INCOMPLETE: 1 } as const;

/**
 * Judges a node by what it answered. Pure: the same input gives the same judgement, in whatever order the
 * observations come.
 *
 * FAIL when the overall test says fraud, or that of a replica at `fraud_threshold / number of replicas`, in
 * both cases even if every unanswered nonce had matched; INCOMPLETE when nonces stayed unanswered and that
 * is not so; else PASS, with warnings that `strict` turns into FAIL.
 */
export function judge(input: JudgeInput): Judgement {
  const { statTest, coverage, strict, honestBand } = input;
  const threshold = statTest.values.dist_threshold;
  const observations = sortedObservations(applyThreshold(input.observations, threshold), input.nonces);
  const unanswered = unansweredMeasurements(input);
  const params = paramsOf(statTest.values);

  const response = tally(observations, params);
  const replicas = replicaReports(observations, params, honestBand);
  const selfCheck = compareSelfCheck(input.selfCheck, response, params, uncountedBySelfCheck(observations));
  const distances = distancesOf(observations);
  const l2 = finiteL2(observations);
  const outside = outsideBand(l2, honestBand);
  const diagnosis = diagnose({ ...input, observations, response, replicas, selfCheck, distances });

  const concerns: Concern[] = concernsOf({
    selfCheck,
    observations,
    response,
    outside,
    distances,
    honestBand,
    replicas,
  });
  const { verdict, verdictReason } = decide({
    response,
    replicas,
    unanswered,
    params,
    threshold,
    selfCheck,
    concerns: strict ? concerns : [],
  });
  const firstFailing = firstFailingCount(response.n_total, params);

  return {
    verdict,
    verdictReason,
    exitCode: EXIT_CODES[verdict],
    warnings: [
      ...concerns.map(({ warning }) => warning),
      ...(firstFailing === null && response.n_total > 0 ? [powerless(response.n_total)] : []),
      ...(unanswered.length > 0 ? [unansweredWarning(unanswered, coverage)] : []),
      ...input.warnings,
    ],
    validation: {
      response,
      mismatches: mismatchesOf(observations),
      unanswered_nonces: unanswered,
      passed: verdict === 'PASS',
      has_mismatches: response.n_mismatch > 0,
      first_failing_mismatch_count: firstFailing,
      mismatch_rate_ci95: exactInterval(response.n_mismatch, response.n_total),
      distances,
      replicas,
      replica_disagreement: coverage === 'every-replica' ? replicaDisagreement(observations) : null,
      node_self_check: selfCheck,
      distribution: {
        band: honestBand,
        mean_l2: distances.l2?.mean ?? null,
        far_outside: outside !== null || replicas.some((replica) => replica.far_outside),
      },
      diagnosis,
    },
  };
}

function unansweredMeasurements({ nonces, observations, unansweredNonces, coverage }: JudgeInput): number[] {
  if (coverage === 'every-replica') return unansweredNonces;
  const answered = new Set(observations.map(({ nonce }) => nonce));
  return nonces.filter((nonce) => !answered.has(nonce));
}

function powerless(nTotal: number): string {
  return `with these thresholds even ${nTotal} mismatches of ${nTotal} pass: the test says nothing`;
}

function unansweredWarning(unanswered: number[], coverage: JudgeInput['coverage']): string {
  const what = coverage === 'spread' ? 'nonce' : 'measurement';
  return `${counted(unanswered.length, what)} stayed unanswered (nonce ${nonceList(unanswered)})`;
}
