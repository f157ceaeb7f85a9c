import type { HonestBand, KnownDistances } from '../models/distances.js';
import type { SchemeParams } from '../schemes/scheme.js';
import type { Summary } from '../vectors/summary.js';
import type { MismatchReason } from './observation.js';
import type { ResolvedStatTest } from './thresholds.js';

/** The result of one validation: `validate_report.json`, and what every renderer maps to text. */
export interface ValidateReport {
  /** 1 in runs of versions that did not know which replicas were tested. */
  schema_version: 1 | 2;
  verdict: Verdict;
  /** One sentence for the host. */
  verdict_reason: string;
  exit_code: number;
  /** Start of the run, ISO 8601 in UTC. */
  timestamp: string;
  duration_s: number;
  /** The texts of `warning_details`, as version 1 promises them. */
  warnings: string[];
  /** Absent in version 1. */
  warning_details?: Warning[];
  config: ValidateConfig;
  preflight: PreflightReport | null;
  download: PhaseReport | null;
  deploy: DeployReport | null;
  throughput: ThroughputReport | null;
  validation: ValidationReport | null;
  /** The failure that kept the run from a verdict, in one line. */
  error: string | null;
  /** What `--assert` and `--baseline` asked for, and what came of it; absent where nothing was asked. */
  assertions?: AssertionReport[];
}

/** What came of one assertion about a figure of the run. */
export interface AssertionReport {
  /** As `throughput>=600`. */
  assertion: string;
  metric: string;
  /** null: the run did not measure it. */
  measured: number | null;
  /** `missed` and `not_measured` make exit code 4 of 0; `not_compared` is told alone. */
  outcome: 'met' | 'missed' | 'not_measured' | 'not_compared';
  /** Who asks for it, as `--assert` or `baseline runs/last-good`. */
  source: string;
  /** One sentence with the figures. */
  text: string;
}

/** How the node's vectors compare with those of its own last PASS. */
export interface DriftReport {
  /** Folder of that run. */
  run: string;
  /** Its start, ISO 8601 in UTC. */
  timestamp: string;
  /**
   * `same`: to the bit; `differs`: some nonces, too few for drift; `drift`: nothing explains it; `explained`: version,
   * arguments, batch size or GPUs changed as well.
   */
  outcome: 'same' | 'differs' | 'drift' | 'explained' | 'not_comparable';
  /** One sentence. */
  text: string;
  /** What changed of the node since then. */
  changes: string[];
  /** Nonces that both runs have. */
  compared: number;
  differing: number;
  /** The same without the first places of batches. */
  compared_elsewhere: number;
  differing_elsewhere: number;
  /** L2 distance between the two runs' vectors, over the nonces compared. */
  mean_l2: number | null;
  max_l2: number | null;
  /** Nonces that differ. */
  nonces: number[];
}

export type Verdict = 'PASS' | 'FAIL' | 'INCOMPLETE' | 'SKIPPED';

/** Something to mind that does not fail the official test. */
export interface Warning {
  /** For programs; absent where there is no name for it. */
  code?: WarningCode;
  text: string;
  /**
   * About the node: the face of a PASS turns amber, and `--strict` makes it a FAIL. One about the run (no network
   * node, a margin, a name) does neither.
   */
  about_node: boolean;
  /** In the imperative; absent where there is nothing to do. */
  advice?: string;
}

export type WarningCode =
  /** Replicas are promised and not in rotation. */
  | 'replicas_missing'
  /** A replica in rotation was not tested. */
  | 'replicas_not_tested'
  | 'replica_error'
  | 'engine_stands_still'
  | 'gpu_not_available'
  | 'distances_far_outside'
  | 'self_report_contradicts'
  /** Of a request nearly all nonces mismatch, though its replica passes. */
  | 'requests_mismatch'
  | 'heads_of_batches'
  | 'left_out_nonces'
  | 'unanswered_nonces'
  | 'not_the_same_as_the_reference'
  /** No honest distances of the model are known. */
  | 'no_honest_band'
  /** Known other weights are as near as an honest node. */
  | 'not_distinguishable'
  | 'near_the_edge'
  | 'reference_superseded'
  /** An engine left chains untested. */
  | 'chains_not_tested'
  /** No engine but the node's own judged its chains. */
  | 'judged_by_own_check'
  /** Other vectors than in the node's own last PASS, and nothing explains it. */
  | 'drift';

/** What is known of the machine and the build that computed vectors; a part that is not known is absent. */
export interface Machine {
  /** GPU class. */
  gpu?: string;
  tp?: number;
  pp?: number;
  /** ML node version. */
  build?: string;
  batch?: number;
  /** vLLM arguments. */
  args?: string[];
}

/** `validate_config.json`: the resolved inputs. */
export interface ValidateConfig {
  harness_version: string;
  /** Credentials masked. */
  mlnode_url: string;
  node_id: string | null;
  model: string;
  reference: {
    path: string;
    sha256: string;
    source: string | null;
    /** What its makers say of it; absent where they say nothing. */
    notes?: string;
    n_vectors: number;
    warnings: string[];
    /** Hardware and topology, in words; absent in runs of older versions. */
    recorded_on?: string;
    /** Why it is this one; null where it was named. */
    why?: string | null;
  };
  poc_params: SchemeParams & {
    model: string;
    seq_len: number;
    block_hash: string;
    block_height: number;
    public_key: string;
    node_id: number;
    node_count: number;
    poc_stronger_rng: boolean | null;
  };
  stat_test: ResolvedStatTest;
  /** What an honest node's distances look like, and who says so; null where nobody does. */
  honest_band: { mean: number; sd: number; source: string } | null;
  /** All that is known of the model's distances; absent in version 1, null where nothing is. */
  known_distances?: KnownDistances | null;
  /** Why the reference is not to be used any more; absent where nothing says so. */
  superseded?: { reason: string; successor?: string };
  /** On what the reference was recorded, as far as it is told. */
  reference_machine?: Machine;
  /** Absent in runs of older versions. */
  request?: RequestConfig;
  /** null: no deploy arguments were given. */
  deploy: {
    dtype: string;
    args: { value: string; source: string }[];
    model_override?: { hf_repo: string; hf_commit: string };
  } | null;
  /** Public key of our own throughput generation, so that a later run can stop what a killed one left. */
  own_public_key: string;
  /** Every option as resolved, without secrets. */
  options: Record<string, unknown>;
  /** Present in challenge mode: golden vectors were replaced by a trusted node's. */
  challenge?: { seed: string; n: number; trusted_url: string };
  /** Vectors of a second source for the same inputs: they tell whose heads of batches are wrong. */
  second_reference?: { name: string; path: string; sha256: string };
  /** What the report is held to beside the verdict. */
  assertions?: AssertionConfig[];
  /** The node's own last PASS, with which this run is compared. */
  own_baseline?: string;
}

/** An assertion as it was resolved. */
export interface AssertionConfig {
  metric: string;
  operator: '>=' | '<=' | '>' | '<';
  /** null: the baseline has no such figure. */
  bound: number | null;
  source: string;
  baseline?: { value: number | null; worse: number };
  ifMeasured?: boolean;
}

export interface PreflightReport {
  version: string | null;
  loaded_model: string | null;
  /** Those that are available. */
  gpus: { name: string; count: number }[];
  /** Those that the node calls lost or broken; absent in version 1. */
  gpus_not_available?: { index: number | null; name: string; message: string }[];
  /** vLLM arguments of the node as its network node lists them; absent where it was not asked, or lists none. */
  listed_args?: string[];
  /** Ports of the replicas in rotation. */
  replicas: number[];
  busy_with_foreign_poc: boolean;
  elapsed_s: number;
}

export interface PhaseReport {
  /** What was done, in a word: `already_downloaded`, `downloaded`, … */
  action: string;
  elapsed_s: number;
  /** Of the download: which weights were asked for. Absent in runs of older versions. */
  weights?: Weights;
}

/** Weights that a model is loaded from, and what names their commit. */
export interface Weights {
  /** Hugging Face repository. */
  repository: string;
  /** null: the head of the branch. */
  commit: string | null;
  from: 'model_override' | '--revision' | 'chain' | 'published config' | 'head';
}

export interface DeployReport extends PhaseReport {
  /** Arguments that the running model was started with, where the node tells. */
  running_args: string[] | null;
  note: string | null;
}

export interface ThroughputReport {
  summary: {
    /** Nonces per second, over all replicas. */
    mean: number;
    min: number;
    max: number;
    replicas: { port: number; mean: number; min: number; max: number; slow: boolean }[];
  };
  /** Rate of each sampling interval, `t_s` from the start of measuring. */
  samples: { t_s: number; replicas: { port: number; nonces_per_second: number }[] }[];
  elapsed_s: number;
}

export interface Tested {
  n_total: number;
  n_mismatch: number;
  p_value: number;
  fraud_detected: boolean;
}

export interface Distances {
  l2: Summary | null;
  cosine_distance: Summary | null;
}

/** The test over what the harness measured. */
export interface ResponseReport extends Tested {
  /** In the reference's order, each nonce once. */
  mismatch_nonces: number[];
}

/** One measurement that mismatches. */
export interface Mismatch {
  nonce: number;
  /** null: the node does not tell. */
  replica: number | null;
  l2: number | null;
  why: MismatchReason;
}

export interface ReplicaReport extends Tested {
  /** null: the replicas could not be told apart. */
  port: number | null;
  distances: Distances;
  /** Its own distances are far outside the honest band. */
  far_outside: boolean;
}

/** The node's own check, over all requests of it. */
export interface SelfCheckReport extends Tested {
  mismatch_nonces: number[];
  /** Each replica's count is within chance of what was measured of it; null where nothing could be compared. */
  agrees: boolean | null;
  note: string;
  /** Absent in version 1. */
  replicas?: SelfCheckOfReplica[];
}

/** What one replica said of itself, beside what was measured of it. */
export interface SelfCheckOfReplica {
  /** null: the node does not tell. */
  port: number | null;
  /** Nonces that it was asked to check. */
  nonces: number[];
  n_total: number;
  n_mismatch: number;
  mismatch_nonces: number[];
  /** Measured of the same replica: over the same nonces, else over all of its nonces; null: nothing was. */
  measured: { n_total: number; n_mismatch: number; same_nonces: boolean } | null;
  agrees: boolean | null;
}

/** Which replicas the verdict is about. */
export interface ReplicasTested {
  /** How many replicas the node should have; null: nobody promised a number. */
  expected: number | null;
  /** How many the node listed in rotation during the run. */
  in_rotation: number;
  /** How many of these answered a full batch and 32 nonces, or all nonces where there are fewer. */
  tested: number;
  /** Ports that the node listed in rotation, ascending. */
  ports: number[];
  /** Of these, the ones that were not tested. */
  not_tested: number[];
}

export interface Diagnosis {
  code: DiagnosisCode;
  message: string;
  why_it_matters: string;
  /** Figures of this run that support it. */
  evidence: string;
  advice: string;
  /** Of `heads_of_batches`: the first `heads` places of every `period`. */
  period?: number;
  heads?: number;
  /** Whose batches they are; null: nothing tells. */
  side?: 'node' | 'reference' | null;
}

export type DiagnosisCode =
  | 'bit_exact'
  | 'honest_cross_hardware'
  /** Of versions before 2. */
  | 'quantised_weights'
  | 'known_fraud'
  | 'heads_of_batches'
  | 'unrelated_vectors'
  | 'one_bad_replica'
  | 'replicas_disagree'
  | 'batch_composition'
  | 'non_finite'
  | 'left_out_nonces'
  | 'wrong_dimension'
  | 'decode_only_build'
  | 'byte_order_or_dtype'
  | 'not_normalised'
  | 'nonce_shift'
  | 'self_report_contradicts'
  | 'already_running_with_other_arguments'
  | 'engine_stands_still';

/**
 * `auto`: each nonce once over all replicas, and further batches until every replica in rotation is tested;
 * `spread`: each nonce once; `every-replica`: each nonce on each replica.
 */
export type Coverage = 'auto' | 'spread' | 'every-replica';

/** How nonces are asked for. */
export interface RequestConfig {
  probe: 'queued' | 'wait' | 'whole';
  coverage: Coverage;
  /** As sent; null when left to the node. */
  batch_size: number | null;
}

/** How many of some chains are the same, and where the others part. */
export interface ChainsAlike {
  compared: number;
  equal: number;
  /** Of those that are not equal, the first step that differs; null where all are. */
  first_divergence: Summary | null;
}

/** What an engine said of the chains of one request. A nonce in none of the lists but the first was not tested. */
export interface ChainCheck {
  /** Nonces that it was asked to check, each once. */
  nonces: number[];
  /** Port of the replica whose chain each of them was; null: the chains were the reference's. */
  replicas: (number | null)[] | null;
  /** Nonces that it tested. */
  tested_nonces: number[];
  mismatch_nonces: number[];
  /** Nonces that it says it left out. */
  excluded_nonces: number[];
  /** Largest margin among the steps that differ, 0 where none does; null: an engine that does not tell. */
  margins: { nonce: number; margin: number }[] | null;
  /** An older build, which counts steps: its list of nonces counts, and not its sums. */
  is_pooled: boolean;
  /** Nonces that it calls otherwise than their margin and tau do: the margin counts. */
  called_otherwise: number;
}

/** What is known of a node's chains, in the decode scheme. */
export interface DecodeReport {
  /** Whose word the verdict is; null: no engine judged. */
  judged_by: 'trusted_engine' | 'own_check' | null;
  /** Margin above which a differing chain mismatches, as the engine was told (`dist_threshold`). */
  tau: number;
  /** The node's chains against the reference's. */
  chains: ChainsAlike;
  replicas: ({
    port: number | null;
    /** Of its chains, against those of another replica for the same nonce; null: nobody else computed one. */
    elsewhere: ChainsAlike | null;
  } & ChainsAlike)[];
  /** By the place in the batch, from 0. */
  places: ({ place: number } & ChainsAlike)[];
  /** Answered nonces whose chain no engine tested; with the replica, where it is known. */
  not_tested: { nonce: number; replica: number | null }[];
  /** Of the node's chains, by request; null where no trusted engine was asked. */
  trusted_check: ChainCheck[] | null;
  /** The node's of the reference's chains, by request; null where it was not asked. */
  own_check: ChainCheck[] | null;
}

export interface ValidationReport {
  request: RequestConfig & { n_total: number; concurrency: number };
  response: ResponseReport;
  /** Each measurement that mismatches, in the reference's order. */
  mismatches: Mismatch[];
  /** With coverage `every-replica` a nonce stands once for each replica that did not answer it. */
  unanswered_nonces: number[];
  passed: boolean;
  has_mismatches: boolean;
  first_failing_mismatch_count: number | null;
  mismatch_rate_ci95: [number, number];
  distances: Distances;
  replicas: ReplicaReport[];
  /** null where it is not known which replicas were in rotation; absent in version 1. */
  replicas_tested?: ReplicasTested | null;
  /** What the network's validators would conclude from the same counts; absent in version 1. */
  network_view?: { fraud_threshold: number; fraud_detected: boolean };
  /** L2 distance between the vectors of two replicas for the same nonce; null unless every replica was asked. */
  replica_disagreement: { mean_l2: number; max_l2: number } | null;
  node_self_check: SelfCheckReport | null;
  /** In the decode scheme alone. */
  decode?: DecodeReport;
  distribution: {
    /** null: no honest distances of the model are known. */
    band: ({ mean: number; sd: number; source: string } & Partial<HonestBand>) | null;
    /** What the mean is held against; absent in version 1. */
    limit?: KnownDistances['limit'] | null;
    mean_l2: number | null;
    /** All distances, or those of one replica. */
    far_outside: boolean;
    /** `same`, `other` or `unknown` hardware, build, batch and arguments; absent in version 1. */
    hardware?: 'same' | 'other' | 'unknown';
    /** What of them is known to differ from the reference's, and what is not known, in words. */
    differs?: string[];
    not_known?: string[];
    /** Weights that cannot be told from an honest node with this reference; absent in version 1. */
    not_distinguishable?: string[];
  };
  diagnosis: Diagnosis[];
  /** Absent where no earlier run of the node was given or found. */
  drift?: DriftReport;
  /** Of the probe phase. */
  elapsed_s: number;
}
