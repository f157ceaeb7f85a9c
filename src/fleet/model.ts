import type { DriftReport, Verdict } from '../run/report.js';

/** The result of a fleet: `fleet_report.json`. Every renderer maps it to text. */
export interface FleetReport {
  schema_version: 1;
  harness_version: string;
  name: string;
  /** Which part of the fleet this is; null: all of it. */
  shard: Shard | null;
  /** Start of the run, ISO 8601 in UTC. */
  timestamp: string;
  duration_s: number;
  /** FAIL when a node fails, INCOMPLETE when one has no verdict, PASS otherwise. */
  verdict: Verdict;
  /** The verdict in one sentence. */
  verdict_reason: string;
  /** The worst exit code of the nodes. */
  exit_code: number;
  warnings: string[];
  nodes: NodeResult[];
  outliers: Outlier[];
}

/** The progress of a run, from its events. */
export interface Doing {
  phase: string;
  /** Done and total of the phase; null if the phase counts nothing. */
  progress: { done: number; total: number; unit: string } | null;
}

/** The `index`-th of `of` parts, from 1. */
export interface Shard {
  index: number;
  of: number;
}

/** The result of one node, for comparison with the others. */
export interface NodeResult {
  id: string;
  site: string;
  model: string;
  /** Credentials masked. */
  url: string;
  /** Folder of the run, below the fleet's folder; null if no run began. */
  folder: string | null;
  verdict: Verdict;
  verdict_reason: string;
  exit_code: number;
  /** GPU class and count, as `8 × NVIDIA B200`; null if the run ended before this was known. */
  gpus: string | null;
  /** The node's version; null if it does not report one. */
  build: string | null;
  n_total: number | null;
  n_mismatch: number | null;
  p_value: number | null;
  l2_mean: number | null;
  l2_p98: number | null;
  /** Nonces per second, the mean over its replicas. */
  replica_throughput: number | null;
  duration_s: number | null;
  /** The run's warnings about the node, for any verdict; absent in reports of older versions. */
  warnings?: string[];
  /** What to do next; absent after a PASS without warnings, and in reports of older versions. */
  next_step?: string;
  /** The comparison with the node's own last PASS; absent if there is none. */
  drift?: { outcome: DriftReport['outcome']; text: string };
  /** Failed assertions, its own and the baseline's, a sentence each; absent if none failed. */
  regressions?: string[];
}

/** A figure of a node that is far from those of the nodes like it. */
export interface Outlier {
  node: string;
  figure: OutlierFigure;
  value: number;
  /** Median of the node and its peers. */
  median: number;
  /** Robust score: 0.6745 · (value − median) / MAD. */
  score: number;
  /** Number of compared nodes with the same model, GPUs and build. */
  peers: number;
}

export type OutlierFigure = 'l2_mean' | 'l2_p98' | 'replica_throughput';
