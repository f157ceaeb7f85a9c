import { Agent, type Dispatcher } from 'undici';
import { AssayError, messageOf } from '../errors.js';
import { authorizationFor } from './credentials.js';
import { clip, detailOf } from './detail.js';
import { HttpFault, outcomeOfStatus } from './fault.js';
import { isBareName } from './host-name.js';
import { looksLikeHtml, parseJson } from './json.js';
import { maskSecrets } from './mask.js';
import { proxyFor, type WayOut } from './proxy.js';
import { awaitAnswer } from './silence.js';
import { timeLimit } from './time-limit.js';

export interface JsonRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  /** The Authorization header; default: that of the credentials that were given with the address. */
  authorization?: string | undefined;
  /** Sent as JSON. */
  body?: unknown;
  /** Headers in addition to those of every request. */
  headers?: Record<string, string>;
  /** Limit for the whole exchange, connecting and reading included. */
  timeoutMs: number;
  /** Limit for the body of the answer. */
  maxBytes: number;
  signal?: AbortSignal;
  /**
   * Uses a new connection. A connection that was kept open may be broken; then it is not known whether the
   * other side has acted.
   */
  freshConnection?: boolean;
  /** Uses the proxy that the environment names for it, if any: only for network nodes. */
  viaProxy?: boolean;
  /** An answer that takes long is normal, and the caller shows its progress: no line reports the wait. */
  mayTakeLong?: boolean;
  /** JSON.parse, unless integers may be larger than 2^53. */
  parse?: (text: string) => unknown;
}

export interface JsonAnswer {
  status: number;
  body: unknown;
}

const CONNECT_TIMEOUT_MS = 10_000;
const connecting = { connect: { timeout: CONNECT_TIMEOUT_MS }, connections: 64 };
/** No request waits this long; a larger number would only appear in messages. */
const LONGEST_RETRY_AFTER_MS = 366 * 24 * 3600 * 1000;
const keepingAgent = new Agent({ ...connecting, keepAliveTimeout: 4_000 });
// Without pipelining undici closes a connection after its request.
const freshAgent = new Agent({ ...connecting, pipelining: 0 });

/**
 * Sends one request and reads a JSON answer. Redirects are not followed and nothing is decompressed: an ML
 * node needs neither, and a hostile node could misuse both.
 *
 * @returns the answer, when its status is 2xx
 * @throws HttpFault for everything else, with its outcome class; the signal's reason when aborted
 */
export async function requestJson(request: JsonRequest): Promise<JsonAnswer> {
  const { method, timeoutMs, maxBytes, signal } = request;
  const { origin, path, headers } = splitUrl(request);
  const deadline = new Error('time is over');
  const limit = timeLimit({ ...(signal && { signal }) }, timeoutMs / 1000, deadline);
  const answered = request.mayTakeLong === true ? () => {} : awaitAnswer(origin);
  let status: number | undefined;
  let retryAfter: string | undefined;
  let text: string;
  let proxy: WayOut | undefined;
  let where = maskSecrets(`${method} ${request.url}`);
  try {
    proxy = request.viaProxy === true ? await proxyFor(request.url) : undefined;
    if (proxy !== undefined) where += ` through the proxy ${proxy.url}`;
    const agent = await agentFor(request, proxy);
    const response = await agent.request({
      origin,
      path,
      method,
      headers: {
        ...headers,
        ...request.headers,
        accept: 'application/json',
        ...(request.body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
      signal: limit.signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    status = response.statusCode;
    retryAfter = header(response.headers['retry-after']);
    const encoding = header(response.headers['content-encoding']);
    if (encoding !== undefined && encoding !== 'identity') {
      await discard(response.body);
      throw new HttpFault(
        'not_json',
        `${where}: an answer in ${clip(encoding)} encoding, which was not requested`,
        { status },
      );
    }
    text = await readText(response.body, maxBytes, where, status);
  } catch (error) {
    if (error instanceof AssayError) throw error;
    if (signal?.aborted) throw signal.reason;
    if (limit.signal.reason === deadline) {
      throw new HttpFault('timed_out', `${where}: no answer within ${timeoutMs / 1000} s`, {
        cause: error,
      });
    }
    throw proxy === undefined ? connectionFault(error, where, origin) : proxyFault(error, where, proxy);
  } finally {
    limit.clear();
    answered(status !== undefined);
  }

  const outcome = outcomeOfStatus(status, retryAfter !== undefined);
  if (outcome !== undefined) throw statusFault(outcome, status, text, retryAfter, where);
  return { status, body: parseJson(text, where, request.parse) };
}

/**
 * Sends one GET and reads the headers of the answer alone.
 *
 * @returns the headers, in lower case, when the status is 2xx
 * @throws HttpFault for everything else
 */
export async function requestHeaders(
  url: string,
  timeoutMs: number,
): Promise<Record<string, string | undefined>> {
  const { origin, path, headers } = splitUrl({ url });
  const where = maskSecrets(`GET ${url}`);
  const answered = awaitAnswer(origin);
  const response = await keepingAgent
    .request({ origin, path, method: 'GET', headers, signal: AbortSignal.timeout(timeoutMs) })
    .catch((error: unknown) => {
      answered(false);
      throw connectionFault(error, where, origin);
    });
  answered(true);
  await discard(response.body);
  const outcome = outcomeOfStatus(response.statusCode, false);
  if (outcome !== undefined) throw statusFault(outcome, response.statusCode, '', undefined, where);
  return Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, header(value)]));
}

async function agentFor({ freshConnection }: JsonRequest, proxy: WayOut | undefined): Promise<Dispatcher> {
  if (proxy === undefined) return freshConnection === true ? freshAgent : keepingAgent;
  const { proxyAgent } = await import('./proxy-agent.js');
  return proxyAgent(proxy, CONNECT_TIMEOUT_MS);
}

/** Credentials are never part of the URL; a worker thread gets them with the request. */
function splitUrl({
  url,
  authorization = authorizationFor(url),
}: Pick<JsonRequest, 'url' | 'authorization'>): {
  origin: string;
  path: string;
  headers: Record<string, string>;
} {
  const { origin, pathname, search } = new URL(url);
  return { origin, path: pathname + search, headers: authorization === undefined ? {} : { authorization } };
}

type Body = AsyncIterable<Buffer> & { destroy(error?: Error): unknown };

async function readText(body: Body, maxBytes: number, where: string, status: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) {
      throw new HttpFault('too_large', `${where}: the answer is larger than ${maxBytes} bytes`, { status });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function discard(body: Body & { on(event: 'error', listener: () => void): unknown }): Promise<void> {
  body.on('error', () => {});
  body.destroy();
}

function statusFault(
  outcome: NonNullable<ReturnType<typeof outcomeOfStatus>>,
  status: number,
  text: string,
  retryAfter: string | undefined,
  where: string,
): HttpFault {
  const detail = looksLikeHtml(text) ? 'an HTML page, perhaps from a proxy' : detailOf(text);
  const retryAfterMs = parseRetryAfter(retryAfter);
  return new HttpFault(outcome, `${where}: HTTP ${status}${detail === '' ? '' : ` (${detail})`}`, {
    status,
    detail: outcome === 'redirected' ? '' : detail,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

function parseRetryAfter(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.min(Math.max(0, seconds * 1000), LONGEST_RETRY_AFTER_MS);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.min(Math.max(0, date - Date.now()), LONGEST_RETRY_AFTER_MS);
}

function header(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

const TLS_CODE = /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO)/;
const UNREACHABLE_CODES = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'ETIMEDOUT',
]);

function connectionFault(error: unknown, where: string, origin: string): HttpFault {
  const code = codeOf(error);
  const text = clip(messageOf(error));
  const options = { cause: error };
  if (code !== undefined && TLS_CODE.test(code)) {
    return new HttpFault('untrusted', `${where}: TLS failed (${code})`, options);
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    const name = new URL(origin).hostname;
    const isContainers = isBareName(name);
    const looks = isContainers
      ? `: "${name}" looks like a container's name, which this machine does not know`
      : '';
    return new HttpFault('unreachable', `${where}: cannot connect (${code})${looks}`, {
      ...options,
      ...(isContainers && {
        unknownName: name,
        advice: 'give the address at which this machine reaches it, for example http://127.0.0.1:8080',
      }),
    });
  }
  if (code !== undefined && UNREACHABLE_CODES.has(code)) {
    return new HttpFault('unreachable', `${where}: cannot connect (${code})`, options);
  }
  return new HttpFault('broken', `${where}: the connection broke (${code ?? text})`, options);
}

/** A failure on the way to a proxy, or a refusal by it; undici reports these only as text. */
function proxyFault(error: unknown, where: string, { url }: WayOut): HttpFault {
  const text = messageOf(error);
  const refusal = /^Proxy (?:response|Authentication Required) \((\d+)\)/.exec(text)?.[1];
  const advice =
    refusal === '407'
      ? 'the proxy asks for a name and a password: give them in its URL'
      : 'check the proxy that HTTPS_PROXY or HTTP_PROXY names, or leave it out with NO_PROXY or --no-proxy';
  if (refusal !== undefined)
    return new HttpFault('unreachable', `${where}: the proxy refuses the connection (HTTP ${refusal})`, {
      advice,
      cause: error,
    });
  const fault = connectionFault(error, where, url);
  return fault.outcome === 'unreachable' ? fault.withAdvice(advice) : fault;
}

function codeOf(error: unknown): string | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    const { code } = current as NodeJS.ErrnoException;
    if (typeof code === 'string') return code;
    if (current instanceof AggregateError) return codeOf(current.errors[0]);
  }
  return undefined;
}
