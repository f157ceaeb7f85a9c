/** A request as a fault hook sees it. */
export interface SimulatedRequest {
  method: string;
  /** The name that the counters use, for example `/inference/pow/generate/{request_id}`. */
  endpoint: string;
  /** The path as received. */
  path: string;
  /** The parsed body, where it is JSON. */
  body: unknown;
  /** Number of earlier requests to this endpoint. */
  earlier: number;
}

/** How an answer goes wrong. Several keys can be combined. */
export interface Fault {
  /** Delay before the answer, in milliseconds. */
  delayMs?: number;
  /** No answer is sent; the connection stays open. */
  hang?: true;
  /** The connection is reset without an answer, and the request is not executed. */
  reset?: true;
  /** Another status. */
  status?: number;
  headers?: Record<string, string>;
  /**
   * Another body: a text as it is, or a function of the real body. With a text the request is not executed.
   */
  body?: string | ((answer: unknown) => unknown);
  /** The connection breaks after this many bytes of the body. */
  truncateAt?: number;
}

export type FaultHook = (request: SimulatedRequest) => Fault | undefined;
