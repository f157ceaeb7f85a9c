import type { Artifact, SchemeParams } from '../../schemes/scheme.js';

/** Parameters that all PoC calls share. */
interface PocCommon {
  block_hash: string;
  block_height: number;
  public_key: string;
  node_id: number;
  node_count: number;
  params: { model: string; seq_len: number } & SchemeParams;
  poc_stronger_rng?: boolean;
  batch_size?: number;
}

export interface InitGenerateRequest extends PocCommon {
  url?: string | null;
}

export interface GenerateRequest extends PocCommon {
  nonces: number[];
  wait?: boolean;
  validation?: { artifacts: Artifact[] } | null;
  stat_test?: StatTestRequest | null;
}

export interface StatTestRequest {
  dist_threshold?: number;
  p_mismatch?: number;
  fraud_threshold?: number;
}

export interface UpRequest {
  model: string;
  dtype?: string;
  additional_args?: string[];
}

export interface ModelRequest {
  hf_repo: string;
  hf_commit?: string | null;
}

/** Default of the build when a request has no k_dim. */
export const DEFAULT_K_DIM = 12;
