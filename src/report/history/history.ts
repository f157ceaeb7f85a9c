import type { DriftReport, ValidateReport, Verdict } from '../../run/report.js';
import { groupBy } from '../../text/group-by.js';
import { changesBetween, factsOf, type RunFacts } from './changes.js';

/** One run among others of the same node and model. */
export interface HistoryEntry {
  folder: string;
  /** ISO 8601 in UTC. */
  timestamp: string;
  verdict: Verdict;
  verdict_reason: string;
  n_total: number | null;
  n_mismatch: number | null;
  p_value: number | null;
  dist_threshold: number;
  l2_mean: number | null;
  l2_p98: number | null;
  /** Nonces per second over all replicas; null if it was not measured. */
  throughput: number | null;
  /** The differences from the run before. */
  changes: string[];
  /** The comparison with the node's own last PASS; null if there was none. */
  drift: DriftReport['outcome'] | null;
}

/** The runs of one node and model, oldest first. */
export interface History {
  node: string;
  model: string;
  entries: HistoryEntry[];
}

/**
 * The part of a run that a history needs: a report is a hundred times as large, and there may be many
 * thousands.
 */
export interface HistoryRun {
  node: string;
  model: string;
  entry: Omit<HistoryEntry, 'changes'>;
  facts: RunFacts;
}

export function historyRun(folder: string, report: ValidateReport): HistoryRun {
  const { config } = report;
  return {
    node: config.node_id ?? config.mlnode_url,
    model: config.model,
    entry: entryOf(folder, report),
    facts: factsOf(report),
  };
}

/** Sorts runs by node, model and time, and finds the changes from one to the next. */
export function historiesOf(runs: HistoryRun[]): History[] {
  return [...groupBy(runs, ({ node, model }) => JSON.stringify([node, model]))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => {
      const { node, model } = group[0] as HistoryRun;
      const inOrder = group.sort((a, b) => Date.parse(a.entry.timestamp) - Date.parse(b.entry.timestamp));
      const entries = inOrder.map(({ entry, facts }, index) => {
        const before = inOrder[index - 1];
        return { ...entry, changes: before === undefined ? [] : changesBetween(before.facts, facts) };
      });
      return { node, model, entries };
    });
}

function entryOf(folder: string, report: ValidateReport): Omit<HistoryEntry, 'changes'> {
  const { validation, throughput } = report;
  return {
    folder,
    timestamp: report.timestamp,
    verdict: report.verdict,
    verdict_reason: report.verdict_reason,
    n_total: validation?.response.n_total ?? null,
    n_mismatch: validation?.response.n_mismatch ?? null,
    p_value: validation?.response.p_value ?? null,
    dist_threshold: report.config.stat_test.values.dist_threshold,
    l2_mean: validation?.distances.l2?.mean ?? null,
    l2_p98: validation?.distances.l2?.p98 ?? null,
    throughput: throughput?.summary.mean ?? null,
    drift: validation?.drift?.outcome ?? null,
  };
}

/** A run without a PASS, or with drift away from the node's own last PASS. */
export function isBad({ verdict, drift }: Pick<HistoryEntry, 'verdict' | 'drift'>): boolean {
  return verdict !== 'PASS' || drift === 'drift';
}

/** Filters for the runs of a history; an absent filter leaves out none. */
export interface HistoryFilter {
  /** Milliseconds since 1970. */
  since?: number | undefined;
  /** The latest runs to keep for each node and model. */
  last?: number | undefined;
  /** Ids of nodes, or URLs of nodes without an id. */
  nodes?: string[] | undefined;
  /** Only runs without a PASS, or with drift away from the node's own last PASS. */
  failed?: boolean | undefined;
}

/**
 * The filtered runs; a node without any is left out. Changes are those since the run before, even if that run
 * is filtered out.
 */
export function filtered(histories: History[], { since, last, nodes, failed }: HistoryFilter): History[] {
  return histories
    .filter(({ node }) => nodes === undefined || nodes.includes(node))
    .map((history) => {
      const entries = history.entries
        .filter(({ timestamp }) => since === undefined || Date.parse(timestamp) >= since)
        .filter((entry) => failed !== true || isBad(entry));
      return { ...history, entries: last === undefined ? entries : entries.slice(-last) };
    })
    .filter(({ entries }) => entries.length > 0);
}
