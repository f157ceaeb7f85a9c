import type { ValidateFunction } from 'ajv';
import pRetry from 'p-retry';
import { HttpFault } from '../http/fault.js';
import { requestJson } from '../http/request.js';
import { accept } from '../schemas/accept.js';
import { parseLossless } from './integer.js';
import type { RequestPace } from './pace.js';
import type { SharedReads } from './shared-reads.js';

/** How to read; every field is optional. */
export interface ReadOptions {
  signal?: AbortSignal;
  /** Shared by many reads, so that together they stay below the node's limit. */
  pace?: RequestPace;
  /** Shared by the readers of one look: the same is then asked once. */
  shared?: SharedReads | undefined;
  /** Number of retries; the default is 5, none of them later than 30 s after the first request. */
  retries?: number;
  /** Asks for the chain's state at this block; only a node that keeps old state can answer. */
  atHeight?: number;
  /** For an answer that is large by its kind: more bytes, and more time for the whole exchange. */
  isLarge?: boolean;
}

const TIMEOUT_MS = 20_000;
const MAX_BYTES = 64 * 1024 * 1024;
/** Votes of each validator on each host: 500 of each and 3 models make about 180 MB. */
const LARGE_MAX_BYTES = 384 * 1024 * 1024;
const LARGE_TIMEOUT_MS = 180_000;
const FIRST_WAIT_MS = 250;
/** A node that keeps silent is asked twice, and no read takes longer than this and one more request. */
const LAST_RETRY_MS = 30_000;
/**
 * Retries after a name that does not resolve or a closed port: the node may be restarting, or the URL is
 * wrong.
 */
const RETRIES_WITHOUT_CONNECTION = 2;

/**
 * Reads one answer of a network node and accepts it only if it matches its schema.
 *
 * @param path below the node's base URL, for example `/chain-rpc/status`
 * @throws HttpFault when there is no good answer, after retries where a retry can help
 */
export async function readNode<T>(
  nodeUrl: string,
  path: string,
  validate: ValidateFunction,
  options: ReadOptions = {},
): Promise<T> {
  const { shared, signal, atHeight } = options;
  if (shared === undefined) return ask(nodeUrl + path, validate, options);
  const question = `${nodeUrl}${path}@${atHeight ?? 'present'}`;
  return shared.read(question, (signal) => ask(nodeUrl + path, validate, { ...options, signal }), signal);
}

async function ask<T>(
  url: string,
  validate: ValidateFunction,
  { signal, pace, retries = 5, atHeight, isLarge }: ReadOptions,
): Promise<T> {
  const once = async () => {
    const { body } = await requestJson({
      method: 'GET',
      url,
      timeoutMs: isLarge ? LARGE_TIMEOUT_MS : TIMEOUT_MS,
      maxBytes: isLarge ? LARGE_MAX_BYTES : MAX_BYTES,
      parse: parseLossless,
      ...(atHeight !== undefined && { headers: { 'x-cosmos-block-height': String(atHeight) } }),
      viaProxy: true,
      ...(signal && { signal }),
    });
    return accept<T>(validate, body, `GET ${url}`);
  };
  const startedAt = performance.now();
  return await pRetry(pace === undefined ? once : () => pace.run(once), {
    retries,
    factor: 2,
    minTimeout: FIRST_WAIT_MS,
    shouldRetry: ({ error, retriesConsumed }) =>
      isAskedAgain(error, retriesConsumed, performance.now() - startedAt),
    ...(signal && { signal }),
  });
}

/**
 * Whether a read is repeated.
 *
 * @param retries retries that were made
 * @param elapsedMs since the first request
 */
export function isAskedAgain(error: unknown, retries: number, elapsedMs: number): boolean {
  return (
    error instanceof HttpFault &&
    isPassing(error) &&
    elapsedMs < LAST_RETRY_MS &&
    (error.outcome !== 'unreachable' || retries < RETRIES_WITHOUT_CONNECTION)
  );
}

/** Whether a fault may be gone in a moment. HTTP 500 is how RPC and REST refuse: it is an answer. */
export function isPassing(fault: HttpFault): boolean {
  return (
    ['unreachable', 'broken', 'timed_out', 'throttled'].includes(fault.outcome) ||
    [502, 503, 504].includes(fault.status ?? 0)
  );
}

/** Whether a node says that it has pruned the state of a block. */
export function isPruned(error: unknown): error is HttpFault {
  return (
    error instanceof HttpFault &&
    /failed to load state|version (?:\w+ )?does not exist|version mismatch|lowest height|pruned|state .*not available/i.test(
      error.detail,
    )
  );
}

/**
 * Whether a node says that it does not have such a thing, or does not know the query (an older or newer
 * chain).
 */
export function isAbsent(error: unknown): error is HttpFault {
  return (
    error instanceof HttpFault &&
    (error.outcome === 'absent' ||
      error.status === 501 ||
      /not ?found|not implemented|unknown (?:query|service|method)/i.test(error.detail))
  );
}

/**
 * Whether a node answered that it does not give a figure. Such figures are optional, and a report says when
 * one is missing. No answer, or an overloaded node, does not count as such an answer.
 */
export function isRefused(error: unknown): error is HttpFault {
  return (
    isAbsent(error) || (error instanceof HttpFault && (error.outcome === 'rejected' || error.status === 500))
  );
}
