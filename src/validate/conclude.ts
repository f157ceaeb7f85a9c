import { requestsUnderWay } from '../batches/plan.js';
import { AssayError, messageOf } from '../errors.js';
import { maskSecrets } from '../http/mask.js';
import type { ValidateReport } from '../run/report.js';
import type { ResolvedStatTest } from '../run/thresholds.js';
import { judge } from '../verdict/judge.js';
import type { ValidateContext } from './context.js';
import type { Gathered } from './gathered.js';
import { requestConfigOf } from './inputs.js';

/** Judges what was gathered, and puts the judgement into the report. */
export function conclude(
  { options, events, reference }: ValidateContext,
  report: ValidateReport,
  statTest: ResolvedStatTest,
  gathered: Gathered,
): void {
  if (gathered.observations.length === 0) {
    const isSkipped = options.skipValidate === true;
    report.verdict = isSkipped ? 'SKIPPED' : 'INCOMPLETE';
    report.verdict_reason = isSkipped
      ? 'validation was skipped, as asked for'
      : `no nonce was answered${because(gathered)}`;
    report.exit_code = isSkipped ? 0 : 1;
    return;
  }
  events.phase?.('verdict');
  const request = requestConfigOf(options, reference.file);
  const { coverage, probe } = request;
  const judgement = judge({
    nonces: reference.nonces,
    observations: gathered.observations,
    unansweredNonces: gathered.unansweredNonces,
    coverage,
    statTest,
    honestBand: report.config.honest_band,
    selfCheck: gathered.selfCheck,
    strict: options.strict ?? false,
    reference,
    deployMismatch: report.deploy?.note ?? null,
    warnings: [...report.warnings],
  });
  const replicas = gathered.replicas.length;
  report.validation = {
    request: {
      n_total: reference.nonces.length * (coverage === 'every-replica' ? replicas : 1),
      ...request,
      concurrency: requestsUnderWay(probe, replicas, 0),
    },
    ...judgement.validation,
    elapsed_s: gathered.elapsedSeconds,
  };
  report.verdict = judgement.verdict;
  report.verdict_reason = judgement.verdictReason;
  report.exit_code = judgement.exitCode;
  report.warnings = judgement.warnings;
  if (judgement.verdict === 'INCOMPLETE') report.verdict_reason += because(gathered);
}

/**
 * Says in the report what ended the run before its time.
 *
 * @param isInterrupted the user or the system ended it
 */
export function endBy(failure: unknown, report: ValidateReport, isInterrupted: boolean): void {
  report.error = maskSecrets(
    failure instanceof AssayError ? failure.line : `internal error: ${messageOf(failure)}`,
  );
  // A node that was shown to be dishonest does not get out of it by breaking down afterwards.
  if (report.verdict === 'FAIL' && !isInterrupted && failure instanceof AssayError) return;
  report.verdict = 'INCOMPLETE';
  report.verdict_reason = report.error;
  report.exit_code = failure instanceof AssayError ? failure.exitCode : 1;
}

function because({ lostReason }: Gathered): string {
  return lostReason === null ? '' : `: ${maskSecrets(lostReason)}`;
}
