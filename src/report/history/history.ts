import type { DriftReport, ValidateReport, Verdict } from '../../run/report.js';
import { changesBetween } from './changes.js';

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
  /** Nonces per second over all replicas; null where it was not measured. */
  throughput: number | null;
  /** What is different from the run before. */
  changes: string[];
  /** How it compared with the node's own last PASS; null where it was not compared. */
  drift: DriftReport['outcome'] | null;
}

/** The runs of one node and model, oldest first. */
export interface History {
  node: string;
  model: string;
  entries: HistoryEntry[];
}

/** Sorts runs by node, model and time, and tells what changed from one to the next. */
export function historiesOf(runs: { folder: string; report: ValidateReport }[]): History[] {
  const groups = new Map<string, { folder: string; report: ValidateReport }[]>();
  for (const run of runs) {
    const key = JSON.stringify([nodeOf(run.report), run.report.config.model]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, group]) => {
      const [node, model] = JSON.parse(key) as [string, string];
      const inOrder = group.sort((a, b) => Date.parse(a.report.timestamp) - Date.parse(b.report.timestamp));
      return {
        node,
        model,
        entries: inOrder.map((run, index) => entryOf(run, inOrder[index - 1]?.report)),
      };
    });
}

function nodeOf({ config }: ValidateReport): string {
  return config.node_id ?? config.mlnode_url;
}

function entryOf(
  { folder, report }: { folder: string; report: ValidateReport },
  before: ValidateReport | undefined,
): HistoryEntry {
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
    changes: before === undefined ? [] : changesBetween(before, report),
  };
}

/** Which runs of the histories are wanted; what is absent leaves out none. */
export interface HistoryFilter {
  /** Milliseconds since 1970. */
  since?: number | undefined;
  /** Of each node and model, the latest so many. */
  last?: number | undefined;
  /** Ids, or URLs of nodes without one. */
  nodes?: string[] | undefined;
  /** Those alone that did not pass, or drifted away from the node's own last PASS. */
  failed?: boolean | undefined;
}

/** The runs that are wanted; a node without one is left out. What changed is told against the run before, wanted or not. */
export function filtered(histories: History[], { since, last, nodes, failed }: HistoryFilter): History[] {
  return histories
    .filter(({ node }) => nodes === undefined || nodes.includes(node))
    .map((history) => {
      const entries = history.entries
        .filter(({ timestamp }) => since === undefined || Date.parse(timestamp) >= since)
        .filter(({ verdict, drift }) => failed !== true || verdict !== 'PASS' || drift === 'drift');
      return { ...history, entries: last === undefined ? entries : entries.slice(-last) };
    })
    .filter(({ entries }) => entries.length > 0);
}
