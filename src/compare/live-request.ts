import type { WeightGuard } from '../chain/weight-measured.js';
import type { VectorSet } from './vector-set.js';

/** The request to a live node, and the signal that ends it. */
export interface LiveRequest {
  /**
   * The recording whose parameters and nonces the node computes; null: the first of the compared recordings.
   */
  guide: VectorSet | null;
  signal: AbortSignal;
  /** A model name that nodes may report. */
  servedAs?: string | undefined;
  /** Undefined: no network node is known. */
  weightGuard?: WeightGuard | undefined;
  onWarning(text: string): void;
}
