import type { Observation } from '../run/observation.js';
import type { SelfCheckCounts } from '../verdict/self-check.js';

/** What probing has gathered, whole or not. */
export interface Gathered {
  observations: Observation[];
  /** Nonces without an answer; with coverage `every-replica` once for each replica that gave none. */
  unansweredNonces: number[];
  /** Why a batch stayed unanswered; null where none did. */
  lostReason: string | null;
  selfCheck: SelfCheckCounts | null;
  replicas: number[];
  elapsedSeconds: number;
}
