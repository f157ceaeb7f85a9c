import { smallest } from '../extremes.js';
import type { AssertionConfig, AssertionReport, ValidateReport } from '../run/report.js';
import { counted } from '../text/figures.js';

/** The figures of a report that an assertion can check; null where the run did not measure the figure. */
const METRICS = {
  /** Nonces per second, over all replicas. */
  throughput: ({ throughput }) => throughput?.summary.mean ?? null,
  /** Nonces per second of the slowest replica. */
  replica_throughput: ({ throughput }) => least(throughput?.summary.replicas.map(({ mean }) => mean) ?? []),
  mismatches: ({ validation }) => validation?.response.n_mismatch ?? null,
  mismatch_rate: ({ validation }) =>
    validation === null || validation.response.n_total === 0
      ? null
      : validation.response.n_mismatch / validation.response.n_total,
  p_value: ({ validation }) => validation?.response.p_value ?? null,
  mean: ({ validation }) => validation?.distances.l2?.mean ?? null,
  p50: ({ validation }) => validation?.distances.l2?.p50 ?? null,
  p90: ({ validation }) => validation?.distances.l2?.p90 ?? null,
  p98: ({ validation }) => validation?.distances.l2?.p98 ?? null,
  max: ({ validation }) => validation?.distances.l2?.max ?? null,
  unanswered: ({ validation }) => validation?.unanswered_nonces.length ?? null,
  replicas_tested: ({ validation }) => validation?.replicas_tested?.tested ?? null,
  /** Share of the nonces whose vectors differ from those of the node's own last PASS. */
  drift: ({ validation }) => shareOf(validation?.drift),
  duration: ({ duration_s }) => duration_s,
} as const satisfies Record<string, (report: ValidateReport) => number | null>;

export type Metric = keyof typeof METRICS;

export const METRIC_NAMES = Object.keys(METRICS) as Metric[];

const COMPARE = {
  '>=': (measured: number, bound: number) => measured >= bound,
  '<=': (measured: number, bound: number) => measured <= bound,
  '>': (measured: number, bound: number) => measured > bound,
  '<': (measured: number, bound: number) => measured < bound,
} as const;

export type Operator = keyof typeof COMPARE;

/** Conditions on a run besides its verdict. If one is not met, the exit code is 4. */
export type Assertion = AssertionConfig;

/**
 * Reads `p98<=0.5`; a bound may be a percentage.
 *
 * @returns null for text that is not an assertion
 */
export function parseAssertion(text: string): Pick<Assertion, 'metric' | 'operator' | 'bound'> | null {
  const [, metric, operator, number, percent] =
    /^\s*([a-z_0-9]+)\s*(>=|<=|>|<)\s*([0-9]+(?:\.[0-9]+)?(?:e-?[0-9]{1,2})?)\s*(%?)\s*$/i.exec(text) ?? [];
  if (metric === undefined || !isMetric(metric)) return null;
  const bound = Number(number) / (percent === '%' ? 100 : 1);
  return { metric, operator: operator as Operator, bound };
}

function isMetric(name: string): name is Metric {
  return Object.hasOwn(METRICS, name);
}

/** How much worse than the baseline a run may be, as fractions of the baseline. */
export interface RegressionLimits {
  /**
   * For the mean throughput over all replicas; undefined: the default, used only where both runs have a
   * throughput.
   */
  throughputDrop?: number | undefined;
  /** For the 98th percentile of L2 distances. */
  p98Rise?: number | undefined;
}

const DEFAULT_LIMITS = { throughputDrop: 0.05, p98Rise: 0.1 };

/**
 * The conditions that an older run sets for a newer one. They do not concern honesty: the verdict stays as it
 * is.
 *
 * @param source the name of the baseline in texts
 */
export function assertionsOfBaseline(
  baseline: ValidateReport,
  { throughputDrop, p98Rise }: RegressionLimits,
  source: string,
): Assertion[] {
  const asked = (metric: Metric, limit: number | undefined, standard: number, direction: 1 | -1) => {
    const worse = limit ?? standard;
    const value = METRICS[metric](baseline);
    return {
      metric,
      operator: direction === 1 ? '<=' : '>=',
      bound: value === null ? null : value * (1 + direction * worse),
      source,
      baseline: { value, worse },
      ...(limit === undefined && { ifMeasured: true }),
    } satisfies Assertion;
  };
  return [
    asked('throughput', throughputDrop, DEFAULT_LIMITS.throughputDrop, -1),
    asked('p98', p98Rise, DEFAULT_LIMITS.p98Rise, 1),
  ];
}

/**
 * Checks a report against its assertions. Pure. If a metric was not measured, its assertion fails and the
 * text names the metric. A default metric of the baseline is then reported as not compared.
 */
export function holdTo(assertions: Assertion[], report: ValidateReport): AssertionReport[] {
  return assertions.map((assertion) => {
    const measured = isMetric(assertion.metric) ? METRICS[assertion.metric](report) : null;
    return {
      assertion: wordsOf(assertion),
      metric: assertion.metric,
      measured,
      outcome: outcomeOf(assertion, measured),
      source: assertion.source,
      text: sentenceOf(assertion, measured),
    };
  });
}

/** The same assertions where no metric is known to be measured, with the reason. */
export function notMeasured(assertions: Assertion[], why: string): AssertionReport[] {
  return assertions.map((assertion) => ({
    assertion: wordsOf(assertion),
    metric: assertion.metric,
    measured: null,
    outcome: outcomeOf(assertion, null),
    source: assertion.source,
    text: `${sentenceOf(assertion, null)} (${why})`,
  }));
}

/** Whether an assertion changes exit code 0 to 4. */
export function isFailed({ outcome }: AssertionReport): boolean {
  return outcome === 'missed' || outcome === 'not_measured';
}

/** The exit code of a run that is good but fails an assertion or is worse than its baseline. */
export const REGRESSED = 4;

/**
 * The report with the results of its assertions. The exit code becomes 4 where it was 0 and an assertion
 * failed.
 */
export function held(report: ValidateReport, assertions: Assertion[] | undefined): ValidateReport {
  if (assertions === undefined || assertions.length === 0) return report;
  const results = holdTo(assertions, report);
  const isRegressed = report.exit_code === 0 && results.some(isFailed);
  return { ...report, assertions: results, ...(isRegressed && { exit_code: REGRESSED }) };
}

/** The word that a report writes before an assertion's sentence. */
export function assertionWord({ outcome, source }: AssertionReport): string {
  if (outcome === 'met') return 'held';
  if (outcome === 'not_compared') return 'not compared';
  return source.startsWith('baseline') ? 'regression' : 'assertion failed';
}

/** Failures first. */
export function inOrder(assertions: AssertionReport[]): AssertionReport[] {
  return [...assertions.filter(isFailed), ...assertions.filter((one) => !isFailed(one))];
}

/** How many assertions failed, in one sentence; null where none failed or there were none. */
export function failedText({ assertions = [], exit_code }: ValidateReport): string | null {
  const failed = assertions.filter(isFailed).length;
  if (failed === 0) return null;
  const code = exit_code === REGRESSED ? `: exit code ${REGRESSED}` : '';
  return `${failed} of ${counted(assertions.length, 'assertion')} failed${code}`;
}

function outcomeOf(
  { operator, bound, ifMeasured = false }: Assertion,
  measured: number | null,
): AssertionReport['outcome'] {
  if (measured === null || bound === null) return ifMeasured ? 'not_compared' : 'not_measured';
  return COMPARE[operator](measured, bound) ? 'met' : 'missed';
}

function wordsOf({ metric, operator, bound }: Assertion): string {
  return bound === null ? metric : `${metric}${operator}${figure(bound)}`;
}

function sentenceOf(assertion: Assertion, measured: number | null): string {
  const { metric, bound, baseline, source } = assertion;
  if (measured === null) return `${wordsOf(assertion)} (${source}): ${metric} was not measured`;
  if (bound === null || baseline?.value === null) {
    return `${metric} is ${figure(measured)}, and ${source} has none to compare with`;
  }
  if (baseline === undefined) return `${wordsOf(assertion)} (${source}): ${metric} is ${figure(measured)}`;
  const change = assertion.operator === '<=' ? measured - baseline.value : baseline.value - measured;
  const fraction = change === 0 ? 0 : change / baseline.value;
  const size = Number.isFinite(fraction)
    ? `${(100 * Math.abs(fraction)).toFixed(1)} %`
    : 'more than any percentage';
  const moved = size === '0.0 %' ? 'the same' : `${size} ${change > 0 ? 'worse' : 'better'}`;
  const allowed = `${Number((100 * baseline.worse).toFixed(2))} % worse allowed`;
  return `${metric} is ${figure(measured)} where ${source} has ${figure(baseline.value)}: ${moved}, ${allowed}`;
}

function figure(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

function least(values: number[]): number | null {
  return values.length === 0 ? null : smallest(values);
}

function shareOf(drift: NonNullable<ValidateReport['validation']>['drift']): number | null {
  return drift == null || drift.compared === 0 ? null : drift.differing / drift.compared;
}
