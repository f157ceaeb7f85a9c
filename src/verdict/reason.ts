import type { Observation } from '../run/observation.js';
import type {
  ReplicaReport,
  ReplicasTested,
  ResponseReport,
  SelfCheckReport,
  Tested,
  Warning,
} from '../run/report.js';
import { counted, nonceList, pValueText } from '../text/figures.js';
import { byReplica } from './measurements.js';
import { notTestedText, replicasTestedText } from './replicas-tested.js';
import { firstFailingCount, type StatTestParams, statTest } from './stat-test.js';

/**
 * What causes a warning even when the test passes: the self-check's result, and nonces that were left out.
 */
export function concernsOf(facts: {
  selfCheck: SelfCheckReport | null;
  /** A replica's count of itself contradicts what was measured of it. */
  contradicts: boolean;
  observations: Observation[];
}): Warning[] {
  const { selfCheck, contradicts, observations } = facts;
  const concerns: Warning[] = leftOutWarnings(observations);
  if (contradicts && selfCheck !== null) {
    concerns.push({
      code: 'self_report_contradicts',
      text: `the node's own check disagrees: ${selfCheck.note}`,
      about_node: true,
      advice: 'trust the measurement, and check that the node runs an unmodified build',
    });
  }
  return concerns;
}

/** Nonces that are missing from a completed answer, by replica. */
function leftOutWarnings(observations: Observation[]): Warning[] {
  const leftOut = observations.filter(({ why }) => why === 'missing');
  if (leftOut.length === 0) return [];
  const each = [...byReplica(leftOut)].map(([port, own]) => {
    const nonces = nonceList(own.map(({ nonce }) => nonce));
    return `${port === null ? '' : `replica ${port}: `}${counted(own.length, 'nonce')} (nonce ${nonces})`;
  });
  return [
    {
      code: 'left_out_nonces',
      text: `nonces left out of completed answers: ${each.join('; ')}`,
      about_node: true,
      advice: 'look for NaN in the logs of the model server',
    },
  ];
}

export interface ReasonFacts {
  response: ResponseReport;
  replicas: ReplicaReport[];
  observations: Observation[];
  unanswered: number[];
  params: StatTestParams;
  threshold: number;
  selfCheck: SelfCheckReport | null;
  /** null where the replicas of the node are not known. */
  tested: ReplicasTested | null;
  /** Every replica in rotation had to be tested. */
  isRequired: boolean;
  /** The warnings that count against the node: none unless strict. */
  concerns: Warning[];
  /** The known explanation of a failed test, in one sentence; null where there is none. */
  explanation: string | null;
}

export interface Decision {
  verdict: 'PASS' | 'FAIL' | 'INCOMPLETE';
  verdictReason: string;
}

/** The verdict and the sentence that explains it, with how many replicas it is about. */
export function decide(facts: ReasonFacts): Decision {
  const { verdict, verdictReason } = decided(facts);
  const scope = facts.tested === null ? '' : `; ${replicasTestedText(facts.tested)}`;
  return { verdict, verdictReason: `${verdictReason}${scope}` };
}

function decided(facts: ReasonFacts): Decision {
  const { response, replicas, params, selfCheck, concerns } = facts;
  const certain = (tested: Tested, fraudThreshold: number) =>
    holdsWithMatches(tested, facts.unanswered.length, { ...params, fraudThreshold });
  const shared = params.fraudThreshold / Math.max(1, replicas.length);
  const badReplicas = replicas.filter((replica) => certain(replica, shared));

  const fraud = certain(response, params.fraudThreshold)
    ? overallReason(facts, badReplicas)
    : badReplicas.length > 0
      ? replicaReason(badReplicas, shared, replicas.length)
      : null;
  if (fraud !== null) {
    const explained = facts.explanation === null ? fraud : `${fraud}; ${facts.explanation}`;
    const cleared = selfCheck !== null && selfCheck.agrees === false && !selfCheck.fraud_detected;
    return {
      verdict: 'FAIL',
      verdictReason: cleared
        ? `${explained}; the node's own check finds no FAIL (${selfCheck.n_mismatch} of ${selfCheck.n_total} mismatches)`
        : explained,
    };
  }
  const isMissed = facts.isRequired && (facts.tested?.not_tested.length ?? 0) > 0;
  if (response.n_total === 0 || facts.unanswered.length > 0 || isMissed) {
    return { verdict: 'INCOMPLETE', verdictReason: incompleteReason(facts) };
  }
  if (concerns.length > 0) {
    return {
      verdict: 'FAIL',
      verdictReason: `strict: ${concerns.map(({ text }) => text).join('; ')}; the official test passes (${passReason(facts)})`,
    };
  }
  return { verdict: 'PASS', verdictReason: passReason(facts) };
}

/** Fraud even if every unanswered measurement had been a match. */
function holdsWithMatches({ n_total, n_mismatch }: Tested, unanswered: number, params: StatTestParams) {
  return statTest({ nTotal: n_total + unanswered, nMismatch: n_mismatch, ...params }).fraudDetected;
}

function overallReason(
  { response, unanswered, params, replicas }: ReasonFacts,
  bad: ReplicaReport[],
): string {
  const { n_total, n_mismatch, p_value } = response;
  const enough = firstFailingCount(n_total + unanswered.length, params);
  const rest =
    unanswered.length === 0
      ? ''
      : `; it stays a FAIL even if all ${unanswered.length} unanswered nonces had matched`;
  const where = bad.length < replicas.length ? placeOf(bad, n_mismatch) : '';
  return `${n_mismatch} of ${n_total} mismatches (${limitText(enough)})${where}; p = ${pValueText(p_value)} (limit ${params.fraudThreshold})${rest}`;
}

/** Which replicas the mismatches come from, where some replicas are at fault and others are not. */
function placeOf(bad: ReplicaReport[], all: number): string {
  const ports = bad.flatMap(({ port }) => port ?? []);
  if (ports.length === 0) return '';
  const theirs = bad.reduce((sum, { n_mismatch }) => sum + n_mismatch, 0);
  const names = `replica${ports.length === 1 ? '' : 's'} ${ports.join(', ')}`;
  return theirs === all ? `, all on ${names}` : `, ${theirs} of them on ${names}`;
}

function replicaReason(bad: ReplicaReport[], shared: number, replicas: number): string {
  const each = bad.map(
    ({ port, n_mismatch, n_total, p_value }) =>
      `replica ${port ?? 'of unknown port'}: ${n_mismatch} of ${n_total} mismatches, p = ${pValueText(p_value)}`,
  );
  return `${each.join('; ')} (limit ${pValueText(shared)}: the fraud threshold shared by ${counted(replicas, 'replica')}); the node as a whole passes`;
}

function incompleteReason(facts: ReasonFacts): string {
  const { response, unanswered, tested, isRequired, observations } = facts;
  if (response.n_total === 0) return 'no nonce was answered, so there is nothing to judge';
  const missed = isRequired && tested !== null && tested.not_tested.length > 0;
  const replicas = missed ? `in rotation and not tested: ${notTestedText(tested, observations)}` : '';
  if (unanswered.length === 0) return `${replicas}; ${passReason(facts)}`;
  const all = response.n_total + unanswered.length;
  const rest = response.fraud_detected
    ? `the ${response.n_total} answered ones would FAIL (${counted(response.n_mismatch, 'mismatch', 'mismatches')}), but not if the others matched`
    : `the ${response.n_total} answered ones would PASS (${counted(response.n_mismatch, 'mismatch', 'mismatches')})`;
  return `${unanswered.length} of ${counted(all, 'nonce')} were not answered; ${rest}${missed ? `; ${replicas}` : ''}`;
}

function passReason({ response, params, threshold }: ReasonFacts): string {
  const { n_total, n_mismatch, p_value } = response;
  if (n_mismatch === 0) return `all ${n_total} nonces match (L2 distance at most ${threshold})`;
  const limit = limitText(firstFailingCount(n_total, params));
  return `${n_mismatch} of ${n_total} mismatches (${limit}); p = ${pValueText(p_value)} (limit ${params.fraudThreshold})`;
}

/** How many mismatches still pass. */
function limitText(failing: number | null): string {
  return failing === null ? 'no limit' : `limit ${failing - 1}`;
}
