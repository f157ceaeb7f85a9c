import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AssayError, UsageError } from '../../errors.js';
import type { ValidateReport } from '../../run/report.js';
import type { ValidateResult } from '../../validate/validate-node.js';
import type { Comparison, RegressionLimits } from '../../verdict/regression.js';
import type { ArgsOf } from '../command.js';
import { percentFlag, textFlag } from '../flags.js';
import { tellOrSay } from '../tell-or-say.js';

/** What a run that passes but is worse than its baseline ends with. */
const REGRESSED = 4;

/** Flags for what follows a finished run. */
export const afterRunFlags = {
  report: textFlag('report', 'also write these into the run folder: html, markdown, junit, github (a,b)'),
  baseline: textFlag('baseline', 'the report or folder of an older run; exit 4 when this one is worse'),
  'max-throughput-drop': percentFlag('max-throughput-drop', 'below the baseline (default: 5%)'),
  'max-p98-rise': percentFlag('max-p98-rise', 'of L2 distances above the baseline (default: 10%)'),
} as const;

/** Does what was asked for with a finished run; returns 0, or 4 for a regression. */
export type AfterRun = (result: ValidateResult, say: (text: string) => void) => Promise<number>;

/**
 * Reads and checks all that is needed, so that a wrong flag is told before a node is touched.
 *
 * @param model the model that is about to be validated
 */
export async function afterRunOf(args: ArgsOf<typeof afterRunFlags>, model: string): Promise<AfterRun> {
  const limits = { throughputDrop: args.maxThroughputDrop ?? 0.05, p98Rise: args.maxP98Rise ?? 0.1 };
  if (args.baseline === undefined && (args.maxThroughputDrop ?? args.maxP98Rise) !== undefined) {
    throw new UsageError('--max-throughput-drop and --max-p98-rise need --baseline');
  }
  const { parseFileFormats, writeReports } = await import('../../report/write-reports.js');
  const formats = args.report === undefined ? [] : parseFileFormats(args.report);
  const baseline = args.baseline === undefined ? undefined : await readBaseline(args.baseline, model);
  return async ({ report, folder }, say) => {
    await tellOrSay('the reports were not written', say, async () => {
      for (const path of await writeReports(folder, formats)) say(`written: ${path}`);
    });
    return baseline === undefined ? 0 : holdAgainst(baseline, report, limits, say);
  };
}

async function readBaseline(path: string, model: string): Promise<ValidateReport> {
  const { readReport } = await import('../../run/read.js');
  const inFolder = join(path, 'validate_report.json');
  const baseline = await readReport(existsSync(inFolder) ? inFolder : path);
  if (baseline.config.model === model) return baseline;
  throw new AssayError(`baseline ${path} is of ${baseline.config.model}, not ${model}`);
}

async function holdAgainst(
  baseline: ValidateReport,
  report: ValidateReport,
  limits: RegressionLimits,
  say: (text: string) => void,
): Promise<number> {
  const { compareWithBaseline } = await import('../../verdict/regression.js');
  const comparisons = compareWithBaseline(report, baseline, limits);
  if (comparisons.length === 0) say('baseline: no figure that both runs have, so nothing was compared');
  for (const comparison of comparisons) say(comparisonText(comparison));
  return comparisons.some(({ regressed }) => regressed) ? REGRESSED : 0;
}

function comparisonText({ what, baseline, now, worse, limit, regressed }: Comparison): string {
  const change = Number.isFinite(worse) ? `${(100 * Math.abs(worse)).toFixed(1)} %` : 'beyond any fraction';
  const moved = `${change} ${worse > 0 ? 'worse' : 'better'}`;
  const figures = `${what} ${now.toPrecision(4)} where the baseline has ${baseline.toPrecision(4)}`;
  return `${regressed ? 'regression' : 'baseline'}: ${figures}: ${moved}, ${100 * limit} % allowed`;
}
