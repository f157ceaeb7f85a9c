/** An answer before it is written; a string body is sent as a page. */
export interface Answer {
  status?: number;
  body: unknown;
  /** The connection is cut instead of answering. */
  cut?: boolean;
}

/** A request as it came. */
export interface SimulatedRequest {
  method: string;
  url: URL;
  /** Parsed JSON; undefined for a request without a body. */
  body: unknown;
}
