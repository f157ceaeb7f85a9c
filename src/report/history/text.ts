import { renderTable } from '../../terminal/table.js';
import type { Terminal } from '../../terminal/terminal.js';
import { distanceText, pValueText, rateText, secondText } from '../../text/figures.js';
import type { History, HistoryEntry } from './history.js';

export const HISTORY_HEAD = [
  'time',
  'verdict',
  'mismatches',
  'p-value',
  'L2 mean',
  'L2 p98',
  'throughput',
  'own last PASS',
];

/** The cells of a run, under `HISTORY_HEAD`. */
export function historyCells(entry: HistoryEntry): string[] {
  return [
    secondText(entry.timestamp),
    entry.verdict,
    entry.n_total === null ? '–' : `${entry.n_mismatch} of ${entry.n_total}`,
    entry.p_value === null ? '–' : pValueText(entry.p_value),
    distanceText(entry.l2_mean),
    distanceText(entry.l2_p98),
    entry.throughput === null ? '–' : rateText(entry.throughput),
    entry.drift ?? '–',
  ];
}

/** A table for each node and model, with the changes between runs below it. */
export function renderHistoryText(
  histories: History[],
  terminal: Pick<Terminal, 'colors' | 'columns'>,
): string {
  return histories.map((history) => section(history, terminal)).join('\n\n');
}

/** Columns that are left out on a narrow terminal, in this order. */
const LEFT_OUT = ['own last PASS', 'L2 p98', 'p-value', 'throughput'];

function section({ node, model, entries }: History, terminal: Pick<Terminal, 'colors' | 'columns'>): string {
  const changes = entries.flatMap(({ timestamp, changes }) =>
    changes.map((change) => `changed by ${secondText(timestamp)}: ${change}`),
  );
  return [
    terminal.colors.bold(`${model} on ${node}`),
    renderTable(HISTORY_HEAD, entries.map(historyCells), terminal, LEFT_OUT),
    ...changes,
  ].join('\n');
}
