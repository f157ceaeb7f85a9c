/** Why a measurement is a mismatch. */
export type MismatchReason =
  /** L2 distance above the threshold. */
  | 'distance'
  /** The vector holds a NaN or an infinity. */
  | 'non_finite'
  /** Valid base64 of another length. */
  | 'dimension'
  /** No base64, or no text at all. */
  | 'undecodable'
  /** Missing in an answer that says it is complete. */
  | 'missing'
  /** The same answer holds two different vectors for the nonce. */
  | 'conflicting'
  /** An engine found a step that is too far from its own choice (decode scheme). */
  | 'engine';

/**
 * One measurement: a nonce on a replica. A line of `observations.jsonl`. A verdict is judged from these lines
 * alone.
 */
export interface Observation {
  nonce: number;
  /** As received; null when there was none. */
  vector_b64: string | null;
  /** The chain as received, in the decode scheme. */
  k_points_steps?: number[];
  /** Distance to the golden vector; null when there is no finite one. */
  l2: number | null;
  cosine_distance: number | null;
  /**
   * First step in which the chain differs from the reference's; null if it does not. Only in the decode
   * scheme.
   */
  first_divergence?: number | null;
  mismatch: boolean;
  why: MismatchReason | null;
  /** Port of the replica that computed it; null if the node does not report it. */
  replica: number | null;
  /** The node's request id; null if it gives none. */
  request: string | null;
  /** Index of the batch in the plan, from 0. */
  batch: number;
  /** From sending the request to the complete answer, in seconds. */
  latency_s: number;
  /** The nonce was answered before: this measurement counts for its replica, and not in the overall test. */
  further?: true;
}
