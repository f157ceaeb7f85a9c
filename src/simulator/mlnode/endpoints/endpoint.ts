import type { ValidateFunction } from 'ajv';
import type { MlNode } from '../node.js';

/** The answer of an endpoint. */
export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body: unknown;
  /** Server-sent events in place of the body, sent as they come. */
  events?: AsyncIterable<string>;
}

/** One call of the node's API. */
export interface Endpoint {
  method: 'GET' | 'POST';
  /** Path below `/api/v1`, unless `root`; a last part `{name}` matches the rest of the path. */
  path: string;
  /** The path is not below `/api/v1`. */
  root?: true;
  /** Form of the body; any other body is refused with 422. */
  body?: ValidateFunction;
  /** @throws ApiError for every answer that is not a success */
  run(node: MlNode, request: { body: unknown; rest: string }): Answer | Promise<Answer>;
}
