import type { DecodeTraits } from '../decode/engine.js';
import type { GoldenTable } from '../golden-table.js';
import type { PocInputs } from '../vectors.js';

/** A nonce about to be computed. */
export interface Computation {
  inputs: PocInputs;
  nonce: number;
  /** The nonces that share its batch, in their order. */
  batch: readonly number[];
  /** The vector of a faultless node on the golden reference's own hardware, shape [kDim]. */
  exact: ArrayLike<number>;
  golden: GoldenTable;
}

/** One entry of an answer's `artifacts`. */
export interface Artifact {
  nonce: number;
  vector_b64: string;
  /** From decode builds. */
  k_points_steps?: number[];
}

/** What sets a replica apart from a faultless one; what a profile leaves out is as there. */
export interface Profile {
  /** What such a replica is like, for the user. */
  summary: string;
  /** The numbers that the replica computes; null when it leaves the nonce out. */
  compute?(computation: Computation): ArrayLike<number> | null;
  /** Name of other weights: only a model of which they are known can be served so. */
  weights?: string;
  /** How it puts them on the wire. */
  encode?(vector: ArrayLike<number>, nonce: number): Artifact;
  /** Its own check reports no mismatch, whatever it computed. */
  clearsItself?: true;
  /** How many times longer than usual a batch takes. */
  batchTimeFactor?: number;
  /** Whether the replica at this port misses the health probe of this pass, counted from 0. */
  missesProbe?(pass: number, port: number): boolean;
  /** Whether its n-th job fails, counted from 0. */
  failsJob?(job: number): boolean;
  /** Takes the parameters of the decode scheme, and generates chains so. */
  decode?: DecodeTraits;
  /** Answers with chains whatever is asked. */
  knowsNothingElse?: true;
}
