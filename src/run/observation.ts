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
  /** Left out of an answer that calls itself complete. */
  | 'missing'
  /** The same answer holds two different vectors for the nonce. */
  | 'conflicting'
  /** An engine found a step too far from its own choice (decode scheme). */
  | 'engine';

/** One measurement: a nonce on a replica. A line of `observations.jsonl`, and all that a verdict is judged from. */
export interface Observation {
  nonce: number;
  /** As received; null when there was none. */
  vector_b64: string | null;
  /** The chain as received, in the decode scheme. */
  k_points_steps?: number[];
  /** Distance to the golden vector; null when there is no finite one. */
  l2: number | null;
  cosine_distance: number | null;
  /** First step in which the chain leaves the reference's; null where it does not. In the decode scheme alone. */
  first_divergence?: number | null;
  mismatch: boolean;
  why: MismatchReason | null;
  /** Port of the replica that computed it; null where the node does not tell. */
  replica: number | null;
  /** The node's request id; null where it gives none. */
  request: string | null;
  /** Index of the batch in the plan, from 0. */
  batch: number;
  /** From sending the request to the complete answer, in seconds. */
  latency_s: number;
  /** The nonce had been answered before: this counts for its replica, and not in the overall test. */
  further?: true;
}
