/** An answer before it is written; a body that is a string is sent as an HTML page. */
export interface Answer {
  status?: number;
  body: unknown;
  /** Cuts the connection and sends no answer. */
  cut?: boolean;
}

/** A request as it was received. */
export interface SimulatedRequest {
  method: string;
  url: URL;
  /** Parsed JSON; undefined for a request without a body. */
  body: unknown;
}
