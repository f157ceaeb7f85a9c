import type { DecodeTraits } from '../decode/engine.js';
import type { GoldenTable } from '../golden-table.js';
import type { PocInputs } from '../vectors.js';

/** A nonce before it is computed. */
export interface Computation {
  inputs: PocInputs;
  nonce: number;
  /** The nonces of its batch, in order. */
  batch: readonly number[];
  /** The vector of a node without faults on the reference's own hardware, shape [kDim]. */
  exact: ArrayLike<number>;
  golden: GoldenTable;
}

/** One entry of an answer's `artifacts`. */
export interface Artifact {
  nonce: number;
  vector_b64: string;
  /** Only from decode builds. */
  k_points_steps?: number[];
}

/** How a replica differs from one without faults; a key that is left out changes nothing. */
export interface Profile {
  /** Description of such a replica, for the user. */
  summary: string;
  /** The numbers that the replica computes; null: it leaves the nonce out. */
  compute?(computation: Computation): ArrayLike<number> | null;
  /** Name of other weights: only a model with known other weights of this name can be served so. */
  weights?: string;
  /** How it encodes the numbers on the wire. */
  encode?(vector: ArrayLike<number>, nonce: number): Artifact;
  /** Its self-check reports no mismatch, even if there are some. */
  clearsItself?: true;
  /** Factor by which a batch takes longer. */
  batchTimeFactor?: number;
  /** Whether the replica at this port misses the health probe of this pass; passes count from 0. */
  missesProbe?(pass: number, port: number): boolean;
  /** Whether its n-th job fails; jobs count from 0. */
  failsJob?(job: number): boolean;
  /** Accepts the parameters of the decode scheme and generates chains with these traits. */
  decode?: DecodeTraits;
  /** Answers every request with chains. */
  knowsNothingElse?: true;
}
