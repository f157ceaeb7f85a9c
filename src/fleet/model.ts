import type { DriftReport, Verdict } from '../run/report.js';

/** The result of a fleet: `fleet_report.json`, and what every renderer maps to text. */
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
  /** One sentence. */
  verdict_reason: string;
  /** The worst of the nodes'. */
  exit_code: number;
  warnings: string[];
  nodes: NodeResult[];
  outliers: Outlier[];
}

/** How far a run is, as its events tell. */
export interface Doing {
  phase: string;
  /** Of the phase; null where nothing is counted. */
  progress: { done: number; total: number; unit: string } | null;
}

/** The `index`-th of `of` parts, from 1. */
export interface Shard {
  index: number;
  of: number;
}

/** What one node came to, side by side with the others. */
export interface NodeResult {
  id: string;
  site: string;
  model: string;
  /** Credentials masked. */
  url: string;
  /** Of the run, below the fleet's folder; null where no run began. */
  folder: string | null;
  verdict: Verdict;
  verdict_reason: string;
  exit_code: number;
  /** GPU class and count, as `8 × NVIDIA B200`; null where the node did not come so far. */
  gpus: string | null;
  /** The node's version; null where it does not tell. */
  build: string | null;
  n_total: number | null;
  n_mismatch: number | null;
  p_value: number | null;
  l2_mean: number | null;
  l2_p98: number | null;
  /** Nonces per second, the mean over its replicas. */
  replica_throughput: number | null;
  duration_s: number | null;
  /** What its run warned of in the node, whatever the verdict; absent in reports of older versions. */
  warnings?: string[];
  /** How the node's vectors compare with its own last PASS; absent where none is known. */
  drift?: { outcome: DriftReport['outcome']; text: string };
  /** What failed of its assertions and its baseline, a sentence each; absent where nothing did. */
  regressions?: string[];
}

/** A figure of a node that is far from those of the nodes like it. */
export interface Outlier {
  node: string;
  figure: OutlierFigure;
  value: number;
  /** Median of its peers and itself. */
  median: number;
  /** Robust score: 0.6745 · (value − median) / MAD. */
  score: number;
  /** How many nodes of the same model, GPUs and build were compared. */
  peers: number;
}

export type OutlierFigure = 'l2_mean' | 'l2_p98' | 'replica_throughput';
