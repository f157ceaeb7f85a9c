import type { ValidateFunction } from 'ajv';
import { cleaned } from '../clean.js';
import { HttpFault } from '../http/fault.js';
import { type JsonAnswer, requestJson } from '../http/request.js';
import { parseBaseUrl } from '../http/url.js';
import { acceptAsIs } from '../schemas/accept.js';
import validateBatch from '../schemas/generated/admin-batch.js';
import validateNodes from '../schemas/generated/admin-nodes.js';
import validateRemoved from '../schemas/generated/admin-removed.js';
import type { NodeObject } from './node-object.js';

/** A node in the network node's list. */
export interface ListedNode {
  node: NodeObject;
  state: ListedState;
}

export interface ListedState {
  /** `INFERENCE`, `POC`, `STOPPED`, `FAILED`, `UNKNOWN`. */
  intended_status?: string;
  current_status?: string;
  /** `IDLE`, `GENERATING`, `VALIDATING`. */
  poc_intended_status?: string;
  poc_current_status?: string;
  failure_reason?: string | null;
  /** When the status changed. */
  status_timestamp?: string | null;
  ml_node_version?: string | null;
  /** `epoch`: the epoch since which it is disabled or enabled. */
  admin_state?: { enabled?: boolean; epoch?: number | string } | null;
  /**
   * Keyed by the model that the node serves in the running epoch; empty for a node that is not part of it.
   */
  epoch_ml_nodes?: Record<string, unknown> | null;
}

export interface BatchResult {
  registered: string[];
  /** The network node's reason for each node that it refused: `node[1] (id: node2): …`. */
  errors: string[];
}

export const DEFAULT_ADMIN_URL = 'http://localhost:9200';
/** A change must wait for the network node's own query of the chain. */
const TIMEOUT_MS = 30_000;
const MAX_BYTES = 16 * 1024 * 1024;

/** The admin API of a host's own network node. */
export class AdminClient {
  /** `{admin}/admin/v1` */
  readonly #api: string;
  readonly signal: AbortSignal | undefined;

  /** @param url base URL of the admin API, without a trailing slash */
  constructor(
    readonly url: string,
    signal?: AbortSignal,
  ) {
    this.#api = `${url}/admin/v1`;
    this.signal = signal;
  }

  async list(): Promise<ListedNode[]> {
    const nodes = await this.#call<ListedNode[] | null>('GET', '/nodes', validateNodes);
    return (nodes ?? []).map(({ node, state }) => ({
      node: { ...node, models: withArgs(node.models) },
      // The state is never sent back, so its texts can be made safe to print.
      state: cleaned(state),
    }));
  }

  /** Registers a new id, or updates a known one. The caller must read back the result. */
  async put(node: NodeObject): Promise<void> {
    await this.#send('POST', '/nodes', node);
  }

  /** Registers new ids. Do not repeat the request: a node that is already registered fails as a duplicate. */
  async registerBatch(nodes: NodeObject[]): Promise<BatchResult> {
    type Answer = { id: string }[] | null | { nodes: { id: string }[] | null; errors: string[] | null };
    const answer = await this.#call<Answer>('POST', '/nodes/batch', validateBatch, nodes);
    const [registered, errors] =
      answer === null || Array.isArray(answer) ? [answer, []] : [answer.nodes, answer.errors];
    return { registered: (registered ?? []).map(({ id }) => id), errors: cleaned(errors ?? []) };
  }

  /** @throws HttpFault `absent` for an unknown id */
  async setEnabled(id: string, enabled: boolean): Promise<void> {
    await this.#send('POST', `/nodes/${encodeURIComponent(id)}/${enabled ? 'enable' : 'disable'}`);
  }

  /** @returns false when no such node was registered */
  remove(id: string): Promise<boolean> {
    return this.#call('DELETE', `/nodes/${encodeURIComponent(id)}`, validateRemoved);
  }

  async #call<T>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    validate: ValidateFunction,
    body?: unknown,
  ): Promise<T> {
    const answer = await this.#send(method, path, body);
    return acceptAsIs<T>(validate, answer.body, `${method} ${this.#api}${path}`);
  }

  async #send(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<JsonAnswer> {
    const signal = this.signal;
    try {
      return await requestJson({
        method,
        url: this.#api + path,
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_BYTES,
        ...(body !== undefined && { body }),
        ...(signal && { signal }),
      });
    } catch (error) {
      if (!(error instanceof HttpFault) || error.outcome !== 'unreachable') throw error;
      throw new HttpFault(error.outcome, `the admin API does not answer: ${error.message}`, {
        advice: 'run this on the network node’s host, or give --admin-url',
        cause: error,
      });
    }
  }
}

/**
 * Base URL of the admin API, from any form of it that a user wrote.
 *
 * @param from where it was written, for the error
 */
export function parseAdminUrl(text: string, from = '--admin-url'): string {
  return parseBaseUrl(text, from).replace(/\/admin(?:\/v1(?:\/nodes)?)?$/, '');
}

/** The admin API that a flag or the environment names; an empty variable names none. */
export function findAdminUrl(flag: string | undefined, env = process.env): string | undefined {
  if (flag !== undefined) return parseAdminUrl(flag);
  const named = env['ADMIN_API_URL'];
  return named === undefined || named === '' ? undefined : parseAdminUrl(named, 'ADMIN_API_URL');
}

/** Go writes an empty list as null. */
function withArgs(
  models: Record<string, { args?: string[] | null }> | null | undefined,
): NodeObject['models'] {
  return Object.fromEntries(
    Object.entries(models ?? {}).map(([model, config]) => [model, { ...config, args: config.args ?? [] }]),
  );
}
