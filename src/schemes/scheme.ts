import type { VectorArray } from '../vectors/distance.js';

/** What a reference, a recording or a request says of the form of its vectors. */
export interface VectorForm {
  /** Absent: prefill, or decode where `decode` or `decode_max_tokens` say so. */
  scheme?: string;
  /** Numbers of a prefill vector. */
  k_dim?: number;
  /** Some builds name the decode scheme so. */
  decode?: boolean;
  /** Tokens that a decode chain generates; it has one step more. Some builds call it `max_tokens`. */
  decode_max_tokens?: number;
  max_tokens?: number;
  /** Handed through to builds that take it. */
  route_window?: number;
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
  /** Empty in the decode scheme. */
  vector_b64: string;
  /** In the decode scheme: the chosen point of each step, 0 … 15, or −1 where the engine had no finite score. */
  k_points_steps?: number[];
}

/** A vector as a recording keeps it: the text of `vector_b64`, or the steps of a chain. */
export type Kept = string | number[];

/** The wire form of a vector that was kept. */
export function artifactOf(nonce: number, kept: Kept): Artifact {
  return typeof kept === 'string'
    ? { nonce, vector_b64: kept }
    : { nonce, vector_b64: '', k_points_steps: kept };
}

/** What a request's `params` carry beside model and seq_len. */
export interface SchemeParams {
  k_dim?: number;
  scheme?: string;
  decode?: boolean;
  max_tokens?: number;
  route_window?: number;
}

/** What a comparison of rows fills in, one entry a row. */
export interface Compared {
  /** NaN where there is no distance. */
  l2: Float64Array;
  /** NaN where there is no distance. */
  cosine: Float64Array;
  /** The first step in which two chains differ; −1 where none does, and in schemes without steps. */
  divergence: Int32Array;
}

/** What one artifact turned out to be. */
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
  /** Who can say that two vectors do not match: a distance measured here, or only an engine that holds the model. */
  judgedBy: 'distance' | 'engine';
  /** Why this form cannot be read; null where it can. */
  refusal(form: VectorForm): string | null;
  /** Numbers in a row. */
  rowLength(form: VectorForm): number;
  /** What a request's `params` carry beside model and seq_len. */
  requestParams(form: VectorForm): SchemeParams;
  /** The entry of a recording's head that says how its artifacts are written. */
  encoding(form: VectorForm): VectorForm['encoding'];
  /** Reads an artifact into `out[offset … offset + length)`. */
  read(artifact: WireArtifact, out: Float32Array, offset: number, length: number): Reading;
  /** The wire form of a row, shape [length]. */
  write(row: Float32Array): Omit<Artifact, 'nonce'>;
  /** Compares each pair of rows. */
  compare(a: VectorArray, b: VectorArray, compared: Compared): void;
  /** What is odd about a whole row of a reference without being wrong; null for nothing. */
  oddity(row: Float32Array): string | null;
}

/** Room for the comparison of so many rows. */
export function emptyCompared(rows: number): Compared {
  return {
    l2: new Float64Array(rows).fill(Number.NaN),
    cosine: new Float64Array(rows).fill(Number.NaN),
    divergence: new Int32Array(rows).fill(-1),
  };
}
