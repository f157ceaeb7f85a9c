import type { Difference } from './differences.js';

/** What every comparison of two recordings says, of vectors or of chains. */
export interface Pair {
  a: string;
  b: string;
  /** Nonces that both recordings have. */
  common: number;
  missing_in_a: NonceList;
  missing_in_b: NonceList;
  /** Parameters that differ without making the recordings incomparable. */
  differing_parameters: Difference[];
}

/** A number of nonces, and the first of these nonces. */
export interface NonceList {
  count: number;
  first: number[];
}
