/**
 * An answer that is not a success, in FastAPI's form: `{detail}`. A replica that does not answer is a 502.
 */
export class ApiError extends Error {
  override name = 'ApiError';
  constructor(
    readonly status: number,
    readonly detail: unknown,
  ) {
    super(`HTTP ${status}`);
  }

  /**
   * What the node in front reports of a replica's error: the text of its body, or of the failed connection.
   */
  asText(): string {
    const isBare = this.status === 502 || this.status === 500;
    return isBare ? String(this.detail) : JSON.stringify({ detail: this.detail });
  }

  /** A replica's error as the node in front passes it on: the whole body as a text inside `detail`. */
  relayed(): ApiError {
    return new ApiError(this.status, this.asText());
  }
}
