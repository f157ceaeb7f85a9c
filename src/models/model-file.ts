/** The parts in which two nodes with measured distances may differ. */
export type Difference = 'batch' | 'build' | 'topology' | 'gpu_class' | 'weights';

/** L2 distances of one pair of nodes over their common nonces. */
export interface KnownPair {
  between: [string, string];
  /** Empty: no known difference. */
  differs: Difference[];
  n?: number;
  mean: number;
  sd?: number;
  median?: number;
  p98?: number;
  /** Share of nonces above a threshold, 0 … 1. */
  beyond?: { threshold: number; share: number };
  /** First places of batches that the figures exclude, since they were computed wrongly. */
  without_heads?: { period: number; heads: number };
  /** The mean was not published and follows from the median. */
  estimate?: boolean;
  source: string;
  date?: string;
}

/** Weights other than the model's own that nodes have been seen to load. */
export interface OtherWeights {
  name: string;
  repository?: string;
  /**
   * A published node config that loads them by model_override: they are then named, and never called fraud.
   */
  public_config?: string;
  distances: KnownPair[];
}

/** The hardware on which a reference was recorded. */
export interface KnownReference {
  /** File name, or the name that `golden list` prints. */
  name: string;
  /** See `vectorsSha256`. */
  vectors_sha256: string;
  variant?: string;
  /** GPU class, for example `H100`. */
  gpu?: string;
  gpu_count?: number;
  tp?: number;
  pp?: number;
  build?: string;
  batch?: number;
  recorded_at?: string;
}

/** A reference that must not be used any more. */
export interface SupersededReference {
  vectors_sha256: string;
  name?: string;
  reason: string;
  /** Name of the reference to use instead. */
  successor?: string;
}

/** What a node needs to serve a model. */
export interface ModelNeeds {
  driver?: string;
  cuda?: string;
  mlnode?: string;
  reasoning_parser?: { parser: string; vllm_from?: string; vllm_below?: string }[];
  source?: string;
}

export type LimitRule = 'geometric_mean' | 'one_and_a_half' | 'set';

/** What is known of a model, as in its file (`artifacts/schemas/model.schema.json`). */
export interface ModelFile {
  schema_version: 1;
  /** Governance id. */
  model: string;
  as_of?: string;
  stat_test?: { dist_threshold: number; p_mismatch?: number; fraud_threshold?: number; source: string };
  /** If the mean L2 distance is above it, a node is no longer taken for an honest one. */
  limit?: { mean: number; rule: LimitRule } | null;
  honest: KnownPair[];
  other_weights: OtherWeights[];
  engine_batch?: { default: number; by_gpu: Record<string, number>; source?: string };
  references?: KnownReference[];
  superseded?: SupersededReference[];
  configs?: { name: string; gpu?: string; variant?: string }[];
  needs?: ModelNeeds;
}

/** A model file that was checked, with its path. */
export interface KnownModel {
  path: string;
  /** SHA-256 of the file's bytes, hexadecimal. */
  sha256: string;
  /** It comes with the package and not from a catalogue of the user. */
  shipped: boolean;
  file: ModelFile;
}
