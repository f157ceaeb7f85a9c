import type { ValidateReport } from '../run/report.js';

/** How much worse than the baseline a run may be, as fractions of the baseline. */
export interface RegressionLimits {
  /** Of the mean throughput over all replicas. */
  throughputDrop: number;
  /** Of the 98th percentile of L2 distances. */
  p98Rise: number;
}

export interface Comparison {
  what: 'throughput' | 'L2 p98';
  baseline: number;
  now: number;
  /** How much worse, as a fraction of the baseline; negative where it is better. */
  worse: number;
  limit: number;
  regressed: boolean;
}

/**
 * Holds a run against an older one. It says nothing of honesty: the verdict stays what it is.
 *
 * @returns one entry for each figure that both runs have
 */
export function compareWithBaseline(
  report: ValidateReport,
  baseline: ValidateReport,
  limits: RegressionLimits,
): Comparison[] {
  const rate = ({ throughput }: ValidateReport) => throughput?.summary.mean;
  const p98 = ({ validation }: ValidateReport) => validation?.distances.l2?.p98;
  return [
    ...compared('throughput', rate(baseline), rate(report), -1, limits.throughputDrop),
    ...compared('L2 p98', p98(baseline), p98(report), 1, limits.p98Rise),
  ];
}

/** @param direction 1 where larger is worse, −1 where smaller is */
function compared(
  what: Comparison['what'],
  baseline: number | undefined,
  now: number | undefined,
  direction: 1 | -1,
  limit: number,
): Comparison[] {
  if (baseline === undefined || now === undefined) return [];
  const change = direction * (now - baseline);
  // From a baseline of 0, as a bit-exact run has, any rise is beyond every fraction.
  const worse = change === 0 ? 0 : change / baseline;
  return [{ what, baseline, now, worse, limit, regressed: worse > limit }];
}
