import { afterEach, beforeEach, vi } from 'vitest';
import { findGolden } from '../../../src/golden/catalog.js';
import {
  type MlNodeSimulator,
  type MlNodeSimulatorOptions,
  startMlNodeSimulator,
} from '../../../src/simulator/mlnode/index.js';

/** The 200-vector reference that the simulated nodes of these tests know. */
export const kimi = await findGolden('moonshotai/Kimi-K2.6');

/** A body of whatever form, to be looked into. */
// biome-ignore lint/suspicious/noExplicitAny: a test states what it expects in there
type Body = any;

/** A call of the simulated node's API, answered with whatever status. */
export type Call = (
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
) => Promise<{ status: number; body: Body }>;

/**
 * Starts nodes on a clock that the test moves, and closes them after it. Everything but the clock is real: the
 * socket, the server, the requests.
 */
export function simulatedTime(): {
  start(options?: Partial<MlNodeSimulatorOptions>): Promise<{ node: MlNodeSimulator; call: Call }>;
  pass(ms: number): Promise<unknown>;
} {
  const nodes: MlNodeSimulator[] = [];
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await Promise.all(nodes.splice(0).map((node) => node.close()));
  });
  return {
    async start(options = {}) {
      const node = await startMlNodeSimulator({
        replicas: ['exact', 'exact'],
        golden: kimi,
        batchTimeMs: 1000,
        ...options,
      });
      nodes.push(node);
      return { node, call: caller(node.url) };
    },
    pass: (ms) => vi.advanceTimersByTimeAsync(ms),
  };
}

/** Calls below `/api/v1`, or beside it when the path begins with `//`. */
export function caller(url: string): Call {
  return async (method, path, body) => {
    const answer = await fetch(path.startsWith('//') ? url + path.slice(1) : `${url}/api/v1${path}`, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
  };
}

/** The golden reference's request, for some of its nonces or for others. */
export function golden(nonces: readonly number[] = kimi.nonces, more: object = {}) {
  const { block_hash, public_key, model, seq_len, k_dim = 12 } = kimi.file;
  return {
    block_hash,
    block_height: 100,
    public_key,
    node_id: 0,
    node_count: 1,
    params: { model, seq_len, k_dim },
    nonces,
    wait: false,
    ...more,
  };
}

/** `count` nonces from 0 on. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, nonce) => nonce);
}

/** Waits until so many requests of an endpoint have arrived: no moved clock brings that about. */
export async function arrival(node: MlNodeSimulator, endpoint: string, count: number): Promise<void> {
  while ((node.requests[endpoint] ?? 0) < count) await new Promise((resolve) => setImmediate(resolve));
}
