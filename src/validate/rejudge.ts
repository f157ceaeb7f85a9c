import type { ValidateReport } from '../run/report.js';
import { JUDGE_SOURCE, type StatTestLayer, withLayer } from '../run/thresholds.js';
import { aboutRun } from '../run/warnings.js';
import { atTau } from '../verdict/chain-check.js';
import { judgeObserved } from './judge-run.js';
import type { Observed } from './observed.js';
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
  const again = { ...observed, ending: null };
  // The node's own check used the run's threshold. Its counts say nothing about another threshold.
  const { dist_threshold: threshold } = statTest.values;
  const seen = threshold === before.values.dist_threshold ? again : atThreshold(again, threshold);
  // The reason for the run's end is reported. The measurements until then are judged.
  return reportOf(now, observed, judgeObserved(now, seen));
}

/** What the run saw, as far as it says something about another threshold. */
function atThreshold({ engineCheck, ownCheck, ...observed }: Observed, threshold: number): Observed {
  const isUnknown = (engineCheck ?? ownCheck ?? []).some(({ margins }) => margins === null);
  return {
    ...observed,
    selfCheck: null,
    engineCheck: engineCheck && atTau(engineCheck, threshold),
    ownCheck: ownCheck && atTau(ownCheck, threshold),
    warnings: [...observed.warnings, ...(isUnknown ? [WITHOUT_MARGINS] : [])],
  };
}

const WITHOUT_MARGINS = aboutRun(
  'the engine that judged gave no margins: its answer is about the threshold of the run, and says nothing about this one',
);
