import { worstExitCode } from '../run/exit-code.js';
import type { Verdict } from '../run/report.js';
import { counted } from '../text/figures.js';
import type { FleetReport, NodeResult, Outlier } from './model.js';
import { outliersOf } from './outliers.js';

/** The report of a fleet, from the results of its nodes. */
export function fleetReportOf(
  run: Pick<FleetReport, 'harness_version' | 'name' | 'shard' | 'timestamp' | 'duration_s' | 'warnings'>,
  nodes: NodeResult[],
): FleetReport {
  const verdict = verdictOf(nodes);
  return {
    schema_version: 1,
    ...run,
    verdict,
    verdict_reason: reasonOf(nodes),
    exit_code: worstExitCode(nodes.map(({ exit_code }) => exit_code)),
    nodes,
    outliers: outliersOf(nodes),
  };
}

function verdictOf(nodes: NodeResult[]): Verdict {
  const verdicts = new Set(nodes.map(({ verdict }) => verdict));
  for (const worst of ['FAIL', 'INCOMPLETE'] as const) if (verdicts.has(worst)) return worst;
  return verdicts.has('PASS') ? 'PASS' : 'SKIPPED';
}

function reasonOf(nodes: NodeResult[]): string {
  const count = (wanted: Verdict) => nodes.filter(({ verdict }) => verdict === wanted).length;
  const parts = [`${count('PASS')} of ${counted(nodes.length, 'node')} pass`];
  if (count('FAIL') > 0) parts.push(`${count('FAIL')} fail`);
  if (count('INCOMPLETE') > 0) parts.push(`${count('INCOMPLETE')} INCOMPLETE`);
  if (count('SKIPPED') > 0) parts.push(`${count('SKIPPED')} not probed`);
  const worse = nodes.filter(({ regressions = [] }) => regressions.length > 0).length;
  if (worse > 0)
    parts.push(worse === 1 ? '1 node is worse than asked for' : `${worse} nodes are worse than asked for`);
  const drifted = nodes.filter(({ drift }) => drift?.outcome === 'drift').length;
  if (drifted > 0) parts.push(`${drifted} drifted from their own last PASS`);
  return parts.join(', ');
}

const FIGURE_TEXT = {
  l2_mean: 'mean L2 distance',
  l2_p98: '98th percentile of L2 distances',
  replica_throughput: 'throughput per replica',
} as const;

/** One sentence for an outlier. */
export function outlierText({ node, figure, value, median, peers }: Outlier): string {
  const digits = figure === 'replica_throughput' ? 1 : 4;
  const unit = figure === 'replica_throughput' ? '/s' : '';
  const [own, others] = [value, median].map((one) => `${one.toFixed(digits)}${unit}`);
  return `${node}: the ${FIGURE_TEXT[figure]} is ${own}, where the median of ${peers} nodes with these GPUs and this build is ${others}`;
}
