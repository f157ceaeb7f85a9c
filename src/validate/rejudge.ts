import type { ValidateReport } from '../run/report.js';
import { JUDGE_SOURCE, type StatTestLayer, withLayer } from '../run/thresholds.js';
import { judgeObserved } from './judge-run.js';
import { reportOf } from './report-of.js';
import type { SavedRun } from './saved-run.js';

export interface RejudgeOptions {
  /** Thresholds that take the place of the run's. */
  thresholds: StatTestLayer['values'];
  /** Turns warnings about the node into FAIL; undefined: as the run did. */
  strict: boolean | undefined;
}

/**
 * Judges a run again from what it wrote: pure, nothing is sent and nothing is written.
 *
 * @returns the run's report with the new judgement in it
 */
export function rejudge({ inputs, observed }: SavedRun, options: RejudgeOptions): ValidateReport {
  const before = inputs.config.stat_test;
  const statTest = withLayer(before, { source: JUDGE_SOURCE, values: options.thresholds });
  const now = {
    ...inputs,
    config: { ...inputs.config, stat_test: statTest },
    strict: options.strict ?? inputs.strict,
  };
  // The node's own check counted at the run's threshold; its counts say nothing about another one.
  const sameGate = statTest.values.dist_threshold === before.values.dist_threshold;
  const selfCheck = sameGate ? observed.selfCheck : null;
  // What ended the run is told; what it had measured by then is judged.
  return reportOf(now, observed, judgeObserved(now, { ...observed, selfCheck, ending: null }));
}
