/** A request as a fault hook sees it. */
export interface SimulatedRequest {
  method: string;
  /** As in the counters, for example `/inference/pow/generate/{request_id}`. */
  endpoint: string;
  /** As received. */
  path: string;
  /** Parsed, where it is JSON. */
  body: unknown;
  /** How many requests this endpoint had before. */
  earlier: number;
}

/** How an answer goes wrong. Keys combine. */
export interface Fault {
  /** The answer is held back so long. */
  delayMs?: number;
  /** No answer ever comes; the connection stays open. */
  hang?: true;
  /** The connection is reset instead of an answer, the work undone. */
  reset?: true;
  /** Another status. */
  status?: number;
  headers?: Record<string, string>;
  /** Another body: a text as it is, or what becomes of the real one. With a text nothing is done. */
  body?: string | ((answer: unknown) => unknown);
  /** Only so many bytes of the body are sent before the connection breaks. */
  truncateAt?: number;
}

export type FaultHook = (request: SimulatedRequest) => Fault | undefined;
