import type { ValidateFunction } from 'ajv';
import type { MlNode } from '../node.js';

/** What an endpoint answers. */
export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body: unknown;
  /** In place of the body: server-sent events, as they come. */
  events?: AsyncIterable<string>;
}

/** One call of the node's API. */
export interface Endpoint {
  method: 'GET' | 'POST';
  /** Below `/api/v1`, unless `root`; a last part `{name}` takes the rest of the path. */
  path: string;
  /** Stands beside `/api/v1`. */
  root?: true;
  /** Form of the body, refused with 422 when it is another. */
  body?: ValidateFunction;
  /** @throws ApiError for every answer that is not a success */
  run(node: MlNode, request: { body: unknown; rest: string }): Answer | Promise<Answer>;
}
