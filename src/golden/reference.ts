import type { NdArray } from 'ndarray';
import type { Artifact, VectorForm } from '../schemes/scheme.js';

/** A golden reference as its file has it. */
export interface GoldenFile extends VectorForm {
  model: string;
  /** The model name in the recording, where it is a different name. */
  loaded_weights?: string;
  /** What a recording does not say, where only its vectors are needed; never in a file. */
  untold?: ('model' | 'seq_len')[];
  seq_len: number;
  block_hash: string;
  block_height?: number;
  public_key: string;
  node_id?: number;
  node_count?: number;
  poc_stronger_rng?: boolean;
  dist_threshold?: number;
  stat_test?: { dist_threshold?: number; p_mismatch?: number; fraud_threshold?: number } | null;
  expected_distance?: { mean: number; sd: number; source?: string };
  additional_args?: string[];
  source?: string;
  notes?: string;
  generated_at?: string;
  /** null: recorded without a batch size; absent: not known. */
  collection_batch_size?: number | null;
  provenance?: Provenance;
  artifacts: Artifact[];
}

/** The source of a reference's figures. */
export interface Provenance {
  source?: string;
  hardware?: string;
  build?: string;
  recorded_on?: { gpu?: string; gpus?: number; tensor_parallel?: number; pipeline_parallel?: number };
  recorded_at?: string;
  imported_from?: string;
  vector_count?: number;
}

/** A golden reference that was checked, with its vectors decoded. */
export interface GoldenReference {
  /** Where it was read from. */
  path: string;
  /** SHA-256 of the file's bytes, hexadecimal. */
  sha256: string;
  /** Everything except the vectors, as written. */
  file: Omit<GoldenFile, 'artifacts'>;
  /** In the reference's order, which is the order in which its batches were computed. */
  nonces: number[];
  /** The wire form of each vector, same order. */
  artifacts: Artifact[];
  /** float32, shape [nonces, numbers in a row], same order. */
  vectors: NdArray<Float32Array>;
  /** What is unusual about it without being wrong. */
  warnings: string[];
  /**
   * Its file is a recording of the network's scripts. Missing values were taken from the config in the same
   * folder.
   */
  completed?: boolean;
}
