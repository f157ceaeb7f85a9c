import type { VectorArray } from '../vectors/distance.js';

/** What a reference, a recording or a request says of the form of its vectors. */
export interface VectorForm {
  /** Absent: prefill. */
  scheme?: string;
  k_dim: number;
  encoding?: { dtype: string; k_dim?: number; endian?: string };
}

/** One entry of a list of artifacts as it came: only the nonce was checked. */
export interface WireArtifact {
  nonce: number;
  vector_b64?: unknown;
  k_points_steps?: unknown;
}

/** One entry of a list of artifacts as it is kept and sent. */
export interface Artifact {
  nonce: number;
  vector_b64: string;
}

/** What one artifact turned out to be. */
export type RowFinding = 'vector' | 'non_finite' | 'dimension' | 'undecodable' | 'decode_only';

/** One artifact, read. */
export interface Reading {
  finding: RowFinding;
  /** What is wrong, for an error; empty for a vector. */
  detail: string;
  /** The text as it came, where the row does not give it back to the bit. */
  text?: string;
}

/**
 * How a vector is asked for, read, compared and kept. Golden files, probe, self-check, recording, comparison and
 * simulator know a vector's form from here alone: a second scheme is a file beside this one, and a line in the index.
 */
export interface Scheme {
  name: string;
  /** Why this form cannot be read; null where it can. */
  refusal(form: VectorForm): string | null;
  /** Numbers in a row. */
  rowLength(form: VectorForm): number;
  /** What a request's `params` carry beside model and seq_len. */
  requestParams(form: VectorForm): { k_dim: number };
  /** The entry of a recording's head that says how its artifacts are written. */
  encoding(form: VectorForm): NonNullable<VectorForm['encoding']>;
  /** Reads an artifact into `out[offset … offset + length)`. */
  read(artifact: WireArtifact, out: Float32Array, offset: number, length: number): Reading;
  /** The wire form of a row, shape [length]. */
  write(row: Float32Array): Omit<Artifact, 'nonce'>;
  /**
   * Distances of each pair of rows.
   *
   * @param l2 receives n distances; NaN where there is none
   * @param cosine receives n cosine distances; NaN where there is none
   */
  compare(a: VectorArray, b: VectorArray, l2: Float64Array, cosine: Float64Array): void;
  /** What is odd about a whole row of a reference without being wrong; null for nothing. */
  oddity(row: Float32Array): string | null;
}
