import type { ValidateFunction } from 'ajv';
import pRetry from 'p-retry';
import { HttpFault } from '../http/fault.js';
import { requestJson } from '../http/request.js';
import { accept } from '../schemas/accept.js';
import { parseLossless } from './integer.js';
import type { RequestPace } from './pace.js';

/** How to read; all of it may be left out. */
export interface ReadOptions {
  signal?: AbortSignal;
  /** Shared by many reads, so that together they stay under the node's limit. */
  pace?: RequestPace;
  /** Times that a read is asked for again; 5 unless told, which waits up to 8 s in all. */
  retries?: number;
  /** Asks for the chain's state as it was at this block, which only a node that keeps old state can tell. */
  atHeight?: number;
  /** For an answer that is large by nature: more bytes, and more time for the whole exchange. */
  isLarge?: boolean;
}

const TIMEOUT_MS = 20_000;
const MAX_BYTES = 64 * 1024 * 1024;
/** Votes of every validator on every host: 500 of each and 3 models come to about 180 MB. */
const LARGE_MAX_BYTES = 384 * 1024 * 1024;
const LARGE_TIMEOUT_MS = 180_000;
const FIRST_WAIT_MS = 250;
/** What a name that does not resolve or a closed port is worth: a node restarting, not a wrong URL. */
const RETRIES_WITHOUT_CONNECTION = 2;

/**
 * Reads one answer of a network node and believes it only if its schema does.
 *
 * @param path below the node's base URL, for example `/chain-rpc/status`
 * @throws HttpFault when the node does not answer well, after retries where a retry can help
 */
export async function readNode<T>(
  nodeUrl: string,
  path: string,
  validate: ValidateFunction,
  { signal, pace, retries = 5, atHeight, isLarge }: ReadOptions = {},
): Promise<T> {
  const url = nodeUrl + path;
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
  return await pRetry(pace === undefined ? once : () => pace.run(once), {
    retries,
    factor: 2,
    minTimeout: FIRST_WAIT_MS,
    shouldRetry: ({ error, retriesConsumed }) =>
      error instanceof HttpFault &&
      isPassing(error) &&
      (error.outcome !== 'unreachable' || retriesConsumed < RETRIES_WITHOUT_CONNECTION),
    ...(signal && { signal }),
  });
}

/** A fault that may be gone in a moment. HTTP 500 is how RPC and REST say no: it is an answer. */
export function isPassing(fault: HttpFault): boolean {
  return (
    ['unreachable', 'broken', 'timed_out', 'throttled'].includes(fault.outcome) ||
    [502, 503, 504].includes(fault.status ?? 0)
  );
}

/** Whether a node says that it no longer has the state of a block. */
export function isPruned(error: unknown): error is HttpFault {
  return (
    error instanceof HttpFault &&
    /failed to load state|version (?:\w+ )?does not exist|version mismatch|lowest height|pruned|state .*not available/i.test(
      error.detail,
    )
  );
}

/** Whether a node says that it has no such thing, or does not know the query: an older or newer chain. */
export function isAbsent(error: unknown): error is HttpFault {
  return (
    error instanceof HttpFault &&
    (error.outcome === 'absent' ||
      error.status === 501 ||
      /not ?found|not implemented|unknown (?:query|service|method)/i.test(error.detail))
  );
}

/**
 * Whether a node answered that it will not tell: for figures that are shown where they can be had, and whose
 * absence is said. A node that is away or overloaded is no such answer.
 */
export function isRefused(error: unknown): error is HttpFault {
  return (
    isAbsent(error) || (error instanceof HttpFault && (error.outcome === 'rejected' || error.status === 500))
  );
}
