import type { ValidateReport, Verdict, Warning } from '../run/report.js';
import { warningFields } from '../run/warnings.js';
import { held } from '../verdict/assertions.js';
import type { Judgement as Verdicts } from '../verdict/judge.js';
import type { JudgeInputs } from './inputs.js';
import type { Observed } from './observed.js';

/** The result of a run. */
export interface RunJudgement {
  verdict: Verdict;
  /** One sentence for the host. */
  verdictReason: string;
  exitCode: number;
  warnings: Warning[];
  /** null where no nonce was answered. */
  validation: Verdicts['validation'] | null;
}

/**
 * The report of a run. This is the only place that builds it: for a run in progress, an ended run, and a run
 * judged again from its folder.
 *
 * @param judgement null during the run: after a kill, such a report is the only one
 */
export function reportOf(
  { config, startedAt }: Pick<JudgeInputs, 'config' | 'startedAt'>,
  observed: Observed,
  judgement: RunJudgement | null,
): ValidateReport {
  const { phases, request, durationSeconds, ending } = observed;
  const { verdict, verdictReason, exitCode, warnings, validation } = judgement ?? notEnded(observed);
  const report: ValidateReport = {
    schema_version: 2,
    verdict,
    verdict_reason: verdictReason,
    exit_code: exitCode,
    timestamp: startedAt,
    duration_s: durationSeconds,
    ...warningFields(warnings),
    config,
    preflight: phases.preflight,
    download: phases.download,
    deploy: phases.deploy,
    throughput: phases.throughput,
    validation: validation && { request, ...validation, elapsed_s: probeSeconds(observed) },
    error: ending?.line ?? null,
  };
  return judgement === null ? report : held(report, config.assertions);
}

/** Duration of probing and the node's own check, to the millisecond. */
function probeSeconds({ seconds }: Observed): number {
  return (
    Math.round(
      1000 * ((seconds.probe ?? 0) + (seconds['self-check'] ?? 0) + (seconds['engine-check'] ?? 0)),
    ) / 1000
  );
}

function notEnded({ warnings }: Observed): RunJudgement {
  const verdictReason = 'the run has not ended, or was killed';
  return { verdict: 'INCOMPLETE', verdictReason, exitCode: 1, warnings, validation: null };
}
