import type { Artifact, SchemeParams } from '../../schemes/scheme.js';

/** What the PoC calls have in common. */
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

/** A build that is asked without a k_dim uses this one. */
export const DEFAULT_K_DIM = 12;
