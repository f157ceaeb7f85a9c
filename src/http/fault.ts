import { AssayError } from '../errors.js';

/** All outcomes of a request other than a good answer. Each retry limit is set per outcome. */
export type Outcome =
  /** No connection: refused, no route, no such host. */
  | 'unreachable'
  /** The connection broke before the answer was complete. */
  | 'broken'
  /** Nothing, or not everything, within the time. */
  | 'timed_out'
  /** TLS could not be agreed on, or the certificate is not trusted. */
  | 'untrusted'
  /** A redirect, which is never followed. */
  | 'redirected'
  /** A body above the size limit of the request. */
  | 'too_large'
  /** A body that is not JSON: the page of a proxy, a truncated or an empty body. */
  | 'not_json'
  /** JSON in another form than the protocol has. */
  | 'malformed'
  /** 404, 405: the thing or the endpoint is not there. */
  | 'absent'
  /** 409: the other side is in another state. */
  | 'conflict'
  /** 429, or 503 with Retry-After: too many requests. */
  | 'throttled'
  /** Any other 4xx: the request itself is refused. */
  | 'rejected'
  /** 5xx. */
  | 'failing';

/** General advice for each outcome, used when the caller has none. */
const ADVICE: Record<Outcome, string> = {
  unreachable: 'check host and port, and that this machine reaches them',
  broken: 'try again; if it stays, check the service and the proxy in front of it',
  timed_out: 'check that the service behind this port is alive, and try again',
  untrusted: 'check the certificate, or the http/https of the URL',
  redirected: 'give the URL that it redirects to, if you trust it',
  too_large: 'check that the URL is that of the service, and that no other program answers there',
  not_json: 'check that the URL is that of the API',
  malformed: 'check that the URL is that of the API, and its version',
  absent: 'check that the URL is that of the API, and its version',
  conflict: 'find out why the other side is busy, and try again later',
  throttled: 'try again later',
  rejected: 'check that the version of the service knows this request',
  failing: 'try again; if it stays, look into the log of the service',
};

/** How a replica names a model that it does not serve; a proxy in front of it may change the status. */
const OTHER_MODEL = /params mismatch/i;

function adviceFor(outcome: Outcome, detail: string): string {
  return OTHER_MODEL.test(detail)
    ? 'the replica serves another model than the request names: switch the node first, or give the model that it serves'
    : ADVICE[outcome];
}

/** A request that did not end in a good answer. */
export class HttpFault extends AssayError {
  override name = 'HttpFault';
  readonly outcome: Outcome;
  readonly status: number | undefined;
  /** What the other side said, unwrapped to plain text. */
  readonly detail: string;
  /** How long it asked us to wait. */
  readonly retryAfterMs: number | undefined;
  /** The host's name, where this machine does not know it. */
  readonly unknownName: string | undefined;

  constructor(
    outcome: Outcome,
    message: string,
    options: {
      status?: number;
      detail?: string;
      retryAfterMs?: number;
      unknownName?: string;
      advice?: string;
      cause?: unknown;
    } = {},
  ) {
    super(message, { ...options, advice: options.advice ?? adviceFor(outcome, options.detail ?? message) });
    this.outcome = outcome;
    this.status = options.status;
    this.detail = options.detail ?? '';
    this.retryAfterMs = options.retryAfterMs;
    this.unknownName = options.unknownName;
  }

  /** The same fault with the advice of the caller, which knows more. */
  withAdvice(advice: string | undefined): HttpFault {
    const { outcome, message, status, detail, retryAfterMs, unknownName } = this;
    if (advice === undefined) return this;
    return new HttpFault(outcome, message, {
      detail,
      advice,
      cause: this,
      ...(status !== undefined && { status }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(unknownName !== undefined && { unknownName }),
    });
  }

  /** The same fault if a limit ended the retries: names the wait that the other side asked for, if any. */
  notWaitedFor(): HttpFault {
    const { outcome, message, status, detail, retryAfterMs, advice } = this;
    if (retryAfterMs === undefined) return this;
    return new HttpFault(outcome, `${message}, ${askedToWait(retryAfterMs)}`, {
      detail,
      retryAfterMs,
      cause: this,
      ...(status !== undefined && { status }),
      ...(advice !== undefined && { advice }),
    });
  }
}

/** Says why a Retry-After was not followed. */
export function askedToWait(retryAfterMs: number): string {
  return `and it asks to wait ${Math.ceil(retryAfterMs / 1000)} s, longer than the time that is left`;
}

/** The outcome of an HTTP status; undefined for a good one. */
export function outcomeOfStatus(status: number, hasRetryAfter: boolean): Outcome | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status >= 300 && status < 400) return 'redirected';
  if (status === 404 || status === 405) return 'absent';
  if (status === 409) return 'conflict';
  if (status === 429 || (status === 503 && hasRetryAfter)) return 'throttled';
  return status < 500 ? 'rejected' : 'failing';
}
