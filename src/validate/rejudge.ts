import type { ValidateReport } from '../run/report.js';
import { JUDGE_SOURCE, type StatTestLayer, withLayer } from '../run/thresholds.js';
import { judgeObserved } from './judge-run.js';
import { reportOf } from './report-of.js';
import type { SavedRun } from './saved-run.js';

export interface RejudgeOptions {
  /** Thresholds that replace the run's. */
  thresholds: StatTestLayer['values'];
  /** Turns warnings about the node into FAIL; undefined: as in the run. */
  strict: boolean | undefined;
}

/**
 * Judges a run again from its files. Pure: nothing is sent and nothing is written.
 *
 * @returns the run's report with the new judgement
 */
export function rejudge({ inputs, observed }: SavedRun, options: RejudgeOptions): ValidateReport {
  const before = inputs.config.stat_test;
  const statTest = withLayer(before, { source: JUDGE_SOURCE, values: options.thresholds });
  const now = {
    ...inputs,
    config: { ...inputs.config, stat_test: statTest },
    strict: options.strict ?? inputs.strict,
  };
  // The node's own check used the run's threshold. Its counts say nothing about another threshold.
  const sameThreshold = statTest.values.dist_threshold === before.values.dist_threshold;
  const selfCheck = sameThreshold ? observed.selfCheck : null;
  // The reason for the run's end is reported. The measurements until then are judged.
  return reportOf(now, observed, judgeObserved(now, { ...observed, selfCheck, ending: null }));
}
