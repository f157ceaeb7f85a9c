import type { Coverage, ValidationReport, Verdict, Warning } from '../run/report.js';
import { NODE_DEFAULT } from '../run/thresholds.js';
import { aboutRun } from '../run/warnings.js';
import { counted, nonceList } from '../text/figures.js';
import { applyThreshold } from './apply-threshold.js';
import { decodeOnlyAnswers } from './diagnosis/decode-only-build.js';
import { diagnose } from './diagnosis/index.js';
import { type DistanceFacts, distanceConcerns, distanceNotes } from './distance-warnings.js';
import { untellable } from './distribution.js';
import { headsText, sideText, withoutHeadsText } from './heads-text.js';
import type { JudgeInput } from './input.js';
import { judgeDistances } from './judged-distances.js';
import { distancesOf, mismatchesOf, paramsOf, sortedObservations, tally } from './measurements.js';
import { networkView } from './network-view.js';
import { concernsOf, decide } from './reason.js';
import { replicaDisagreement, replicaReports } from './replicas.js';
import { replicasTested, replicaWarnings } from './replicas-tested.js';
import { requestWarning } from './requests.js';
import { compareSelfCheck, ofAnotherScheme } from './self-check.js';
import { exactInterval, firstFailingCount } from './stat-test.js';

export interface Judgement {
  verdict: Exclude<Verdict, 'SKIPPED'>;
  /** One sentence for the host. */
  verdictReason: string;
  /** 0 PASS, 2 FAIL, 1 INCOMPLETE. */
  exitCode: number;
  warnings: Warning[];
  validation: Omit<ValidationReport, 'request' | 'elapsed_s'>;
}

const EXIT_CODES = { PASS: 0, FAIL: 2, INCOMPLETE: 1 } as const;

/**
 * Judges a node by its answers. Pure: the same input gives the same judgement, in any order of the
 * observations.
 *
 * FAIL when the overall test says fraud, or the test of a replica at `fraud_threshold / number of replicas`
 * does. Both must hold even if every unanswered nonce had matched. Otherwise INCOMPLETE when nonces stayed
 * unanswered or a required replica was not tested. Otherwise PASS, possibly with warnings; `strict` turns
 * those about the node into FAIL.
 */
export function judge(input: JudgeInput): Judgement {
  const { statTest, coverage, strict, known } = input;
  const params = paramsOf(statTest.values);
  const unanswered = unansweredMeasurements(input);
  const examined = examine(input, params, unanswered);
  const { observations, response, replicas, tested, selfCheck, distances, concerns, distanceFacts } =
    examined;
  const { verdict, verdictReason } = decide({
    response,
    replicas,
    observations,
    unanswered,
    params,
    threshold: statTest.values.dist_threshold,
    selfCheck,
    tested,
    isRequired: examined.isRequired,
    concerns: strict ? [...concerns, ...input.warnings].filter(({ about_node }) => about_node) : [],
    explanation: explanationOf(distanceFacts),
  });
  const firstFailing = firstFailingCount(response.n_total, params);
  const network = networkView(response, params);

  return {
    verdict,
    verdictReason,
    exitCode: EXIT_CODES[verdict],
    warnings: [
      ...concerns,
      ...distanceNotes(distanceFacts, verdict),
      ...defaultThresholdNotes(statTest, input.model),
      ...(firstFailing === null && response.n_total > 0 ? [aboutRun(powerless(response.n_total))] : []),
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
      replicas_tested: tested,
      ...(network !== undefined && { network_view: network }),
      replica_disagreement: coverage === 'spread' ? null : replicaDisagreement(observations),
      node_self_check: selfCheck,
      distribution: {
        band: known?.band ?? null,
        limit: known?.limit ?? null,
        mean_l2: distances.l2?.mean ?? null,
        hardware: input.machine?.holds ?? 'unknown',
        differs: input.machine?.differs ?? [],
        not_known: input.machine?.unknown ?? [],
        ...(input.machine?.bandOf !== undefined && { band_of: input.machine.bandOf }),
        not_distinguishable: known === null ? [] : untellable(known).map(({ name }) => name),
        far_outside: examined.isOutside || replicas.some((replica) => replica.far_outside),
      },
      diagnosis: examined.diagnosis,
    },
  };
}

/** What the measurements show, before the verdict is decided. */
function examine(input: JudgeInput, params: ReturnType<typeof paramsOf>, unanswered: number[]) {
  const { statTest, rotation, nonces } = input;
  const threshold = statTest.values.dist_threshold;
  const observations = sortedObservations(applyThreshold(input.observations, threshold), nonces);
  // In the overall test each nonce counts once, by its first answer. Further answers count for their replica.
  const first = observations.filter(({ further }) => further !== true);
  const response = tally(first, params);
  const tested = rotation === null ? null : replicasTested(observations, rotation, nonces.length);
  const judged = judgeDistances(observations, nonces, threshold, params, input);
  const replicas = replicaReports(observations, params, judged.isOutside, tested?.ports ?? []);
  const against = input.isSelfJudged === true ? [] : observations;
  const compared = compareSelfCheck(input.selfCheck, against, params, rotation?.ports.length ?? 0);
  const isOfAnotherScheme = decodeOnlyAnswers(observations).length > 0;
  const check = compared !== null && isOfAnotherScheme ? ofAnotherScheme(compared) : compared;
  const selfCheck = check?.report ?? null;
  const distances = distancesOf(first);
  const facts = { ...input, ...judged, observations, response, replicas, selfCheck, distances, unanswered };
  const contradicts = check?.contradicts ?? false;
  // A build that names no replica cannot be required to test each one, so this is only a warning.
  const isRequired = rotation?.isRequired === true && observations.some(({ replica }) => replica !== null);
  const requests = requestWarning(observations, replicas, params);
  const model = input.model ?? null;
  const distanceFacts: DistanceFacts = { ...input, model, response, replicas, judged, params };
  const concerns: Warning[] = [
    ...distanceConcerns(distanceFacts),
    ...concernsOf({ selfCheck, contradicts, observations }),
    ...(requests === null || response.fraud_detected ? [] : [requests]),
    ...(tested === null ? [] : replicaWarnings(tested, isRequired, observations)),
  ];
  const diagnosis = diagnose({ ...facts, contradicts });
  return {
    ...{ observations, response, replicas, tested, isRequired, selfCheck, distances },
    ...{ distanceFacts, concerns, diagnosis, isOutside: judged.outside !== null },
  };
}

/**
 * A failed test says so when its mismatches are the first places of batches, or when its reference is
 * superseded.
 */
function explanationOf({ judged, superseded, response }: DistanceFacts): string | null {
  if (judged.heads === null || judged.headless?.fraud_detected === true) return null;
  const shown = `${headsText(judged.heads)}, and ${withoutHeadsText(judged.headless, response)}`;
  if (superseded === null) {
    const side = judged.headsSide;
    return side === null ? shown : `${shown}; ${sideText(side)}`;
  }
  const take = superseded.successor === undefined ? '' : `: take ${superseded.successor}`;
  return `${shown}; the reference is at fault, it is superseded${take}`;
}

function unansweredMeasurements({ nonces, observations, unansweredNonces, coverage }: JudgeInput): number[] {
  if (coverage === 'every-replica') return unansweredNonces;
  const first = observations.filter(({ further }) => further !== true);
  const answered = new Set(first.map(({ nonce }) => nonce));
  return nonces.filter((nonce) => !answered.has(nonce));
}

/** The default of a node belongs to no model: most honest nodes of other hardware fail by it. */
function defaultThresholdNotes(
  { values, source }: JudgeInput['statTest'],
  model: string | null | undefined,
): Warning[] {
  if (source.dist_threshold !== NODE_DEFAULT) return [];
  return [
    {
      text: `no threshold of ${model ?? 'this model'} is known: a node's default (${values.dist_threshold}) belongs to no model, and honest nodes of other hardware may fail by it`,
      about_node: false,
      advice: 'give --threshold and --p-mismatch, or compute them from honest runs with assay calibrate',
    },
  ];
}

function powerless(nTotal: number): string {
  return `with these thresholds even ${nTotal} mismatches of ${nTotal} pass: the test says nothing`;
}

function unansweredWarning(unanswered: number[], coverage: Coverage): Warning {
  const what = coverage === 'every-replica' ? 'measurement' : 'nonce';
  return {
    code: 'unanswered_nonces',
    text: `${counted(unanswered.length, what)} stayed unanswered (nonce ${nonceList(unanswered)})`,
    about_node: true,
  };
}
