import type { VectorArray } from '../vectors/distance.js';

/** The form of the vectors, as a reference, a recording or a request gives it. */
export interface VectorForm {
  /** Absent: prefill, or decode where `decode` or `decode_max_tokens` say so. */
  scheme?: string;
  /** Numbers of a prefill vector. */
  k_dim?: number;
  /** Some builds call the decode scheme by this name. */
  decode?: boolean;
  /** Tokens that a decode chain generates; it has one step more. Some builds call it `max_tokens`. */
  decode_max_tokens?: number;
  max_tokens?: number;
  /** Passed on to builds that accept it. */
  route_window?: number;
  encoding?: { dtype: string; k_dim?: number; endian?: string };
}

/** One entry of a list of artifacts as received: only the nonce was checked. */
export interface WireArtifact {
  nonce: number;
  vector_b64?: unknown;
  k_points_steps?: unknown;
}

/** One entry of a list of artifacts as it is stored and sent. */
export interface Artifact {
  nonce: number;
  /** Empty in the decode scheme. */
  vector_b64: string;
  /** In the decode scheme: the chosen point of each step, 0 … 15, or −1 where the engine had no finite score. */
  k_points_steps?: number[];
}

/** A vector as a recording stores it: the text of `vector_b64`, or the steps of a chain. */
export type Kept = string | number[];

/** The wire form of a stored vector. */
export function artifactOf(nonce: number, kept: Kept): Artifact {
  return typeof kept === 'string'
    ? { nonce, vector_b64: kept }
    : { nonce, vector_b64: '', k_points_steps: kept };
}

/** The fields of a request's `params` besides model and seq_len. */
export interface SchemeParams {
  k_dim?: number;
  scheme?: string;
  decode?: boolean;
  max_tokens?: number;
  route_window?: number;
}

/** The results of a comparison of rows, one entry per row. */
export interface Compared {
  /** NaN where there is no distance. */
  l2: Float64Array;
  /** NaN where there is no distance. */
  cosine: Float64Array;
  /** The first step in which two chains differ; −1 where no step differs, and in schemes without steps. */
  divergence: Int32Array;
}

/** The possible findings for one artifact. */
export type RowFinding =
  | 'vector'
  | 'non_finite'
  | 'dimension'
  | 'undecodable'
  /** A chain where a vector was asked for. */
  | 'decode_only'
  /** A vector where a chain was asked for. */
  | 'prefill_only';

/** One artifact, read. */
export interface Reading {
  finding: RowFinding;
  /** What is wrong, for an error message; empty for a valid vector. */
  detail: string;
  /** The text as received, where the row does not reproduce it bit for bit. */
  text?: string;
}

/**
 * How a vector is asked for, read, compared and stored. Golden files, probe, self-check, recording,
 * comparison and simulator know a vector's form only from here. A new scheme is one more file in this folder,
 * and a line in the index.
 */
export interface Scheme {
  name: string;
  /**
   * Who can decide that two vectors do not match: a distance measured here, or only an engine that has the
   * model loaded.
   */
  judgedBy: 'distance' | 'engine';
  /** Why this form cannot be read; null where it can. */
  refusal(form: VectorForm): string | null;
  /** Numbers in a row. */
  rowLength(form: VectorForm): number;
  /** The fields of a request's `params` besides model and seq_len. */
  requestParams(form: VectorForm): SchemeParams;
  /** The entry of a recording's head that says how its artifacts are written. */
  encoding(form: VectorForm): VectorForm['encoding'];
  /** Reads an artifact into `out[offset … offset + length)`. */
  read(artifact: WireArtifact, out: Float32Array, offset: number, length: number): Reading;
  /** The wire form of a row, shape [length]. */
  write(row: Float32Array): Omit<Artifact, 'nonce'>;
  /** Compares each pair of rows. */
  compare(a: VectorArray, b: VectorArray, compared: Compared): void;
  /** What is unusual about a whole row of a reference without being wrong; null for nothing. */
  oddity(row: Float32Array): string | null;
}

/** Memory for the comparison of this number of rows. */
export function emptyCompared(rows: number): Compared {
  return {
    l2: new Float64Array(rows).fill(Number.NaN),
    cosine: new Float64Array(rows).fill(Number.NaN),
    divergence: new Int32Array(rows).fill(-1),
  };
}
