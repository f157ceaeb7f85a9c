import type { VectorSet } from './vector-set.js';

/** What a live node is asked for, and what ends the asking. */
export interface LiveRequest {
  /** The recording whose parameters and nonces it computes; null: the first of those that are compared. */
  guide: VectorSet | null;
  signal: AbortSignal;
  /** A name that nodes are expected to say of the model. */
  servedAs?: string | undefined;
  onWarning(text: string): void;
}
