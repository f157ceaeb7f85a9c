import type { Colors } from 'picocolors/types.js';
import { renderTable } from '../../terminal/table.js';
import { distanceText, momentText, pValueText, rateText } from '../../text/figures.js';
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
    momentText(entry.timestamp),
    entry.verdict,
    entry.n_total === null ? '–' : `${entry.n_mismatch} of ${entry.n_total}`,
    entry.p_value === null ? '–' : pValueText(entry.p_value),
    distanceText(entry.l2_mean),
    distanceText(entry.l2_p98),
    entry.throughput === null ? '–' : rateText(entry.throughput),
    entry.drift ?? '–',
  ];
}

/** A table for each node and model, with what changed between two runs below it. */
export function renderHistoryText(histories: History[], colors: Colors): string {
  return histories.map((history) => section(history, colors)).join('\n\n');
}

function section({ node, model, entries }: History, colors: Colors): string {
  const changes = entries.flatMap(({ timestamp, changes }) =>
    changes.map((change) => `changed by ${momentText(timestamp)}: ${change}`),
  );
  return [
    colors.bold(`${model} on ${node}`),
    renderTable(HISTORY_HEAD, entries.map(historyCells), { colors }),
    ...changes,
  ].join('\n');
}
