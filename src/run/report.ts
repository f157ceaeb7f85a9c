import type { HonestBand, KnownDistances } from '../models/distances.js';
import type { SchemeParams } from '../schemes/scheme.js';
import type { Summary } from '../vectors/summary.js';
import type { MismatchReason } from './observation.js';
import type { ResolvedStatTest } from './thresholds.js';

/** The result of one validation: `validate_report.json`, which every renderer maps to a text. */
export interface ValidateReport {
  /** 1 in runs of older versions, which did not know the tested replicas. */
  schema_version: 1 | 2;
  verdict: Verdict;
  /** One sentence for the host. */
  verdict_reason: string;
  exit_code: number;
  /** Start of the run, ISO 8601 in UTC. */
  timestamp: string;
  duration_s: number;
  /** The texts of `warning_details`, as in version 1. */
  warnings: string[];
  /** Absent in version 1. */
  warning_details?: Warning[];
  config: ValidateConfig;
  preflight: PreflightReport | null;
  download: PhaseReport | null;
  deploy: DeployReport | null;
  throughput: ThroughputReport | null;
  validation: ValidationReport | null;
  /** The failure because of which there is no verdict, in one line. */
  error: string | null;
  /** The assertions of `--assert` and `--baseline` with their outcomes; absent if there were none. */
  assertions?: AssertionReport[];
}

/** The outcome of one assertion about a figure of the run. */
export interface AssertionReport {
  /** As `throughput>=600`. */
  assertion: string;
  metric: string;
  /** null: the run did not measure it. */
  measured: number | null;
  /** `missed` and `not_measured` turn exit code 0 into 4; `not_compared` is only shown. */
  outcome: 'met' | 'missed' | 'not_measured' | 'not_compared';
  /** Its source, as `--assert` or `baseline runs/last-good`. */
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
   * `same`: equal to the bit; `differs`: some nonces differ, too few for drift; `drift`: nothing explains the
   * difference; `explained`: version, arguments, batch size or GPUs changed too.
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

/** A problem that does not fail the official test. */
export interface Warning {
  /** For programs; absent if it has no code. */
  code?: WarningCode;
  text: string;
  /**
   * True: the warning is about the node, so a PASS is shown in amber, and `--strict` makes it a FAIL. A
   * warning about the run (no network node, a margin, a name) does neither.
   */
  about_node: boolean;
  /** In the imperative; absent if there is nothing to do. */
  advice?: string;
}

export type WarningCode =
  /** Promised replicas are not in rotation. */
  | 'replicas_missing'
  /** A replica in rotation was not tested. */
  | 'replicas_not_tested'
  /** A replica was in rotation and is not at the end of the probe. */
  | 'replica_left'
  | 'replica_error'
  | 'engine_stands_still'
  | 'gpu_not_available'
  | 'distances_far_outside'
  | 'self_report_contradicts'
  /** Nearly all nonces of one request mismatch, although its replica passes. */
  | 'requests_mismatch'
  | 'heads_of_batches'
  | 'left_out_nonces'
  | 'unanswered_nonces'
  | 'not_the_same_as_the_reference'
  /** No honest distances of the model are known. */
  | 'no_honest_band'
  /** Known other weights are as close as an honest node. */
  | 'not_distinguishable'
  | 'near_the_edge'
  | 'reference_superseded'
  /** An engine left chains untested. */
  | 'chains_not_tested'
  /** Only the node's own engine judged its chains. */
  | 'judged_by_own_check'
  /** The vectors differ from those of the node's own last PASS, and nothing explains it. */
  | 'drift';

/**
 * Whose band the run is compared with: the reference's own; that of the honest pairs that differ as the run may
 * differ; or that of all honest pairs of the model.
 */
export type BandOf = 'reference' | 'pairs_like_the_run' | 'all_pairs';

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
    /** Notes of its makers; absent if there are none. */
    notes?: string;
    n_vectors: number;
    warnings: string[];
    /** Hardware and topology, in words; absent in runs of older versions. */
    recorded_on?: string;
    /** Why this reference was chosen; null if the user named it. */
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
  /** The distances of honest nodes, with their source; null if they are not known. */
  honest_band: { mean: number; sd: number; source: string } | null;
  /** All known distances of the model; absent in version 1, null if there are none. */
  known_distances?: KnownDistances | null;
  /** Why the reference should not be used any more; absent if it may be used. */
  superseded?: { reason: string; successor?: string };
  /** The machine on which the reference was recorded, as far as it is known. */
  reference_machine?: Machine;
  /** Absent in runs of older versions. */
  request?: RequestConfig;
  /** null: no deploy arguments were given. */
  deploy: {
    dtype: string;
    args: { value: string; source: string }[];
    model_override?: { hf_repo: string; hf_commit: string };
  } | null;
  /**
   * Public key of our own throughput generation, so that a later run can stop the generation of a killed run.
   */
  own_public_key: string;
  /** Every option as resolved, without secrets. */
  options: Record<string, unknown>;
  /** Present in challenge mode: golden vectors were replaced by a trusted node's. */
  challenge?: { seed: string; n: number; trusted_url: string };
  /** Vectors of a second source for the same inputs: they show whose heads of batches are wrong. */
  second_reference?: { name: string; path: string; sha256: string };
  /** The assertions for the report, in addition to the verdict. */
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
  /** GPUs that the node reports as lost or broken; absent in version 1. */
  gpus_not_available?: { index: number | null; name: string; message: string }[];
  /** vLLM arguments of the node as its network node lists them; absent where it was not asked, or lists none. */
  listed_args?: string[];
  /** Ports of the replicas in rotation. */
  replicas: number[];
  busy_with_foreign_poc: boolean;
  elapsed_s: number;
}

export interface PhaseReport {
  /** What was done, in one word: `already_downloaded`, `downloaded`, … */
  action: string;
  elapsed_s: number;
  /** Only of the download: the weights that were asked for. Absent in runs of older versions. */
  weights?: Weights;
}

/** The weights of a model, and the source of their commit. */
export interface Weights {
  /** Hugging Face repository. */
  repository: string;
  /** null: the head of the branch. */
  commit: string | null;
  from: 'model_override' | '--revision' | 'chain' | 'published config' | 'head';
}

export interface DeployReport extends PhaseReport {
  /** Arguments of the running model, if the node reports them. */
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

/** The test over the harness's own measurements. */
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
  /** null: the replicas could not be distinguished. */
  port: number | null;
  distances: Distances;
  /** Its own distances are far outside the honest band. */
  far_outside: boolean;
}

/** The node's own check, over all its requests. */
export interface SelfCheckReport extends Tested {
  mismatch_nonces: number[];
  /**
   * Each replica's own count agrees with our measurement, within chance; null if nothing could be compared.
   */
  agrees: boolean | null;
  note: string;
  /** Absent in version 1. */
  replicas?: SelfCheckOfReplica[];
}

/** One replica's own count, with our measurement. */
export interface SelfCheckOfReplica {
  /** null: the node does not tell. */
  port: number | null;
  /** Nonces that it was asked to check. */
  nonces: number[];
  n_total: number;
  n_mismatch: number;
  mismatch_nonces: number[];
  /**
   * Our measurement of the same replica: over the same nonces, else over all its nonces; null: there is none.
   */
  measured: { n_total: number; n_mismatch: number; same_nonces: boolean } | null;
  agrees: boolean | null;
}

/** The replicas that the verdict is about. */
export interface ReplicasTested {
  /** How many replicas the node should have; null: no number was promised. */
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
  /** Whose batches they are; null: not known. */
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

/** How many chains are equal, and where the others begin to differ. */
export interface ChainsAlike {
  compared: number;
  equal: number;
  /** Of the chains that differ, the first different step; null if all are equal. */
  first_divergence: Summary | null;
}

/**
 * An engine's answer about the chains of one request. A nonce that is only in the first list was not tested.
 */
export interface ChainCheck {
  /** Nonces that it was asked to check, each once. */
  nonces: number[];
  /** Port of the replica that computed each chain; null: the chains were the reference's. */
  replicas: (number | null)[] | null;
  /**
   * Port of the node's replica that answered, in the node's own check; null or absent: not known. The check is
   * about the engine of this replica.
   */
  answered_by?: number | null;
  /** Nonces that it tested. */
  tested_nonces: number[];
  mismatch_nonces: number[];
  /** Nonces that it left out, by its own answer. */
  excluded_nonces: number[];
  /** Largest margin among the steps that differ, 0 if none does; null: the engine does not report it. */
  margins: { nonce: number; margin: number }[] | null;
  /** An older build, which counts steps: its list of nonces is used, not its sums. */
  is_pooled: boolean;
  /** Nonces for which its answer contradicts their margin and tau: the margin decides. */
  called_otherwise: number;
}

/** Results about a node's chains, in the decode scheme. */
export interface DecodeReport {
  /** The engine whose answer the verdict uses; null: no engine judged. */
  judged_by: 'trusted_engine' | 'own_check' | null;
  /** Margin above which a differing chain is a mismatch, as sent to the engine (`dist_threshold`). */
  tau: number;
  /** The node's chains against the reference's. */
  chains: ChainsAlike;
  replicas: ({
    port: number | null;
    /**
     * Its chains against those of another replica for the same nonce; null: no other replica computed one.
     */
    elsewhere: ChainsAlike | null;
  } & ChainsAlike)[];
  /** By the place in the batch, from 0. */
  places: ({ place: number } & ChainsAlike)[];
  /** Answered nonces whose chain no engine tested, with the replica if it is known. */
  not_tested: { nonce: number; replica: number | null }[];
  /** The checks of the node's chains, by request; null if no trusted engine was asked. */
  trusted_check: ChainCheck[] | null;
  /** The node's checks of the reference's chains, by request; null if it was not asked. */
  own_check: ChainCheck[] | null;
}

export interface ValidationReport {
  request: RequestConfig & { n_total: number; concurrency: number };
  response: ResponseReport;
  /** Each measurement that mismatches, in the reference's order. */
  mismatches: Mismatch[];
  /** With coverage `every-replica` a nonce is listed once for each replica that did not answer it. */
  unanswered_nonces: number[];
  passed: boolean;
  has_mismatches: boolean;
  first_failing_mismatch_count: number | null;
  mismatch_rate_ci95: [number, number];
  distances: Distances;
  replicas: ReplicaReport[];
  /** null if the replicas in rotation are not known; absent in version 1. */
  replicas_tested?: ReplicasTested | null;
  /** What the network's validators would conclude from the same counts; absent in version 1. */
  network_view?: { fraud_threshold: number; fraud_detected: boolean };
  /** L2 distance between the vectors of two replicas for the same nonce; null unless every replica was asked. */
  replica_disagreement: { mean_l2: number; max_l2: number } | null;
  node_self_check: SelfCheckReport | null;
  /** Only in the decode scheme. */
  decode?: DecodeReport;
  distribution: {
    /** null: no honest distances of the model are known. */
    band: ({ mean: number; sd: number; source: string } & Partial<HonestBand>) | null;
    /** The limit of the mean; absent in version 1. */
    limit?: KnownDistances['limit'] | null;
    mean_l2: number | null;
    /** All distances, or those of one replica. */
    far_outside: boolean;
    /** `same`, `other` or `unknown` hardware, build, batch and arguments; absent in version 1. */
    hardware?: 'same' | 'other' | 'unknown';
    /** In words: which of them differ from the reference's, and which are not known. */
    differs?: string[];
    not_known?: string[];
    /** Whose band it is; absent where the machines were not compared. */
    band_of?: BandOf;
    /** Weights that this reference cannot distinguish from an honest node; absent in version 1. */
    not_distinguishable?: string[];
  };
  diagnosis: Diagnosis[];
  /** Absent if no earlier run of the node was given or found. */
  drift?: DriftReport;
  /** Of the probe phase. */
  elapsed_s: number;
}
