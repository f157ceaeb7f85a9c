import type { DriftReport } from '../run/report.js';
import { renderTable } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { distanceText, durationText, pValueText, rateText } from '../text/figures.js';
import { outlierText } from './fleet-report.js';
import type { FleetReport, NodeResult } from './model.js';

export const FLEET_HEAD = [
  'node',
  'site',
  'verdict',
  'mismatches',
  'p-value',
  'L2 mean',
  'L2 p98',
  'per replica',
  'own last PASS',
  'GPUs',
  'build',
  'time',
];

/** The cells of a node, under `FLEET_HEAD`. */
export function fleetCells(node: NodeResult): string[] {
  return [
    node.id,
    node.site,
    node.verdict,
    node.n_total === null ? '–' : `${node.n_mismatch} of ${node.n_total}`,
    node.p_value === null ? '–' : pValueText(node.p_value),
    distanceText(node.l2_mean),
    distanceText(node.l2_p98),
    node.replica_throughput === null ? '–' : rateText(node.replica_throughput),
    driftWord(node),
    node.gpus ?? '–',
    node.build ?? '–',
    node.duration_s === null ? '–' : durationText(node.duration_s),
  ];
}

const DRIFT_WORDS: Record<DriftReport['outcome'], string> = {
  same: 'repeats',
  differs: 'differs a little',
  drift: 'drift',
  explained: 'explained',
  not_comparable: 'not comparable',
};

/** The comparison of a node with its own last PASS, in a word or two. */
export function driftWord({ drift }: Pick<NodeResult, 'drift'>): string {
  return drift === undefined ? '–' : DRIFT_WORDS[drift.outcome];
}

/** Nodes without a PASS, with the reason. */
export function troubled(nodes: NodeResult[]): NodeResult[] {
  return nodes.filter(isWithoutPass);
}

export function isWithoutPass({ verdict }: Pick<NodeResult, 'verdict'>): boolean {
  return verdict === 'FAIL' || verdict === 'INCOMPLETE';
}

/** Columns that are left out on a narrow terminal, in this order. */
const LEFT_OUT = [
  'time',
  'build',
  'GPUs',
  'L2 p98',
  'own last PASS',
  'per replica',
  'site',
  'p-value',
  'L2 mean',
];
/**
 * The fleet as a table, with reasons, outliers and warnings below it.
 *
 * @param terminal limits the width if it is a terminal; a file and a pipe get every column
 */
export function renderFleetText(
  report: FleetReport,
  folder: string,
  terminal: Pick<Terminal, 'colors' | 'columns'>,
): string {
  const { colors } = terminal;
  const { verdict, verdict_reason, nodes, outliers, warnings, shard } = report;
  const colour = verdict === 'PASS' ? colors.green : verdict === 'FAIL' ? colors.red : colors.yellow;
  const part = shard === null ? '' : ` (shard ${shard.index} of ${shard.of})`;
  return [
    renderTable(FLEET_HEAD, nodes.map(fleetCells), terminal, LEFT_OUT),
    ...troubled(nodes).map((node) => `${node.id}: ${node.verdict}: ${node.verdict_reason}`),
    ...nodes.flatMap(({ id, warnings: own = [] }) => own.map((text) => `${id}: warning: ${text}`)),
    ...nodes.flatMap(({ id, next_step: next }) => (next === undefined ? [] : [`${id}: next: ${next}`])),
    ...nodes.flatMap(({ id, regressions = [] }) => regressions.map((text) => `${id}: regression: ${text}`)),
    ...outliers.map((outlier) => `outlier: ${outlierText(outlier)}`),
    ...warnings.map((warning) => `warning: ${warning}`),
    `${colour(colors.bold(verdict))}${part}: ${verdict_reason}; took ${durationText(report.duration_s)}`,
    `fleet folder: ${folder}`,
  ].join('\n');
}
