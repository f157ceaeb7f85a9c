import type { ValidateConfig, ValidateReport, ValidationReport } from '../run/report.js';
import { type StatTestLayer, withLayer } from '../run/thresholds.js';
import type { JudgeInput } from '../verdict/input.js';
import { judge } from '../verdict/judge.js';
import type { SavedRun } from './saved-run.js';

export interface RejudgeOptions {
  /** Thresholds that take the place of the run's. */
  thresholds: StatTestLayer['values'];
  /** Turns warnings of self-check and distribution into FAIL; undefined: as the run did. */
  strict: boolean | undefined;
}

/**
 * Judges a run again from what it wrote: pure, nothing is sent and nothing is written.
 *
 * @returns the run's report with the new judgement in it
 */
export function rejudge({ report, input }: SavedRun, { thresholds, strict }: RejudgeOptions): ValidateReport {
  const statTest = withLayer(input.statTest, { source: 'command line of assay judge', values: thresholds });
  // What the first judgement warned of is judged anew; the rest is what earlier phases saw.
  const ownWarnings = judge(input).warnings;
  const warnings = report.warnings.filter((warning) => !ownWarnings.includes(warning));
  // The node's own check counted at the run's threshold; its counts say nothing about another one.
  const sameGate = statTest.values.dist_threshold === input.statTest.values.dist_threshold;
  const judgement = judge({
    ...input,
    statTest,
    selfCheck: sameGate ? input.selfCheck : null,
    strict: strict ?? report.config.options['strict'] === true,
    warnings,
  });
  return {
    ...report,
    verdict: judgement.verdict,
    verdict_reason: judgement.verdictReason,
    exit_code: judgement.exitCode,
    warnings: judgement.warnings,
    config: { ...report.config, stat_test: statTest },
    validation: {
      request: report.validation?.request ?? requestOfKilled(report.config, input),
      ...judgement.validation,
      elapsed_s: report.validation?.elapsed_s ?? 0,
    },
  };
}

/** What is known of the request of a run that was killed. */
function requestOfKilled(
  { request }: ValidateConfig,
  { nonces, observations, unansweredNonces, coverage }: JudgeInput,
): ValidationReport['request'] {
  return {
    n_total: coverage === 'spread' ? nonces.length : observations.length + unansweredNonces.length,
    probe: 'queued',
    batch_size: null,
    ...request,
    coverage,
    concurrency: 0,
  };
}
