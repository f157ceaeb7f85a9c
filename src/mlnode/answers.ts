import type { Artifact, SchemeParams, WireArtifact } from '../schemes/scheme.js';

/** The ML node's answers, as far as assay reads them. Unknown fields are accepted everywhere: builds differ. */

export interface NodeState {
  state: string;
  version?: string | null;
  poc_status?: string | null;
  inference_healthy?: boolean | null;
  loaded_model?: string | null;
}

export interface GpuDevices {
  devices: {
    index?: number | null;
    name?: string | null;
    used_memory_mb?: number | null;
    is_available?: boolean | null;
    error_message?: string | null;
  }[];
}

/** The platform of a newer node; null: not given. */
export interface NodeVersions {
  /** Of the ML node. */
  version?: string | null;
  vllm_version?: string | null;
}

export interface GpuDriver {
  driver_version?: string | null;
  cuda_driver_version?: string | null;
}

export interface ModelStatus {
  /** `DOWNLOADED`, `DOWNLOADING`, `NOT_FOUND`, `PARTIAL`. */
  status: string;
  progress?: { elapsed_seconds?: number | null } | null;
  error_message?: string | null;
}

export interface ModelSpace {
  cache_path?: string | null;
  /** Disk space of all weights on the node. */
  cache_size_gb?: number | null;
  available_gb?: number | null;
}

export interface DownloadTask {
  status?: string;
}

export interface UpStatus {
  status: 'not_started' | 'in_progress' | 'completed' | 'failed' | 'cancelled';
  is_running?: boolean;
  elapsed_seconds?: number | null;
  error?: string | null;
}

export interface PowStatus {
  /** `IDLE`, `GENERATING`, `MIXED`, `NO_BACKENDS`. */
  status: string;
  backends?: Replica[];
}

/** One vLLM backend behind the node. */
export interface Replica {
  port: number;
  status: string;
  /** The fault of a backend whose status is `ERROR`. */
  detail?: unknown;
  config?: { block_hash?: string | null; public_key?: string | null } | null;
  stats?: { total_processed?: number } | null;
}

export interface PowInit {
  status?: string;
  backends?: number;
  n_groups?: number;
  results?: { port?: number; status?: string }[];
  errors?: { port?: number | null; error?: unknown }[] | null;
}

/** Answer to a generate request or to a poll of one. */
export interface GenerateAnswer {
  status: string;
  request_id?: string | null;
  error?: unknown;
  artifacts?: WireArtifact[] | null;
  encoding?: { dtype?: string; k_dim?: number; endian?: string } | null;
  n_total?: number;
  n_mismatch?: number;
  mismatch_nonces?: number[] | null;
  p_value?: number | null;
  fraud_detected?: boolean | null;
  /** In the decode scheme: the result of the check for each nonce. */
  per_nonce?: CheckedNonce[] | null;
  n_excluded?: number | null;
  excluded_nonces?: number[] | null;
}

/** A claimed chain, compared with an engine's own choices. */
export interface CheckedNonce {
  nonce: number;
  /** Steps at which the engine would have chosen otherwise. */
  n_sphere_mismatches?: number | null;
  n_steps?: number | null;
  /** Largest lead of the engine's own choice over the claimed one, among those steps. */
  mismatch_margin_max?: number | null;
  mismatch?: boolean | null;
}

/** The fields of every PoC request; all except height and node identity enter the vectors. */
export interface PocParams {
  block_hash: string;
  block_height: number;
  public_key: string;
  node_id: number;
  node_count: number;
  params: { model: string; seq_len: number } & SchemeParams;
  poc_stronger_rng?: boolean;
}

export interface GenerateBody extends PocParams {
  nonces: number[];
  wait: boolean;
  batch_size?: number;
  validation?: { artifacts: Artifact[] };
  stat_test?: { dist_threshold: number; p_mismatch: number; fraud_threshold: number };
}
