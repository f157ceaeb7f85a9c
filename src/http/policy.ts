import type { Outcome } from './fault.js';

/** The phases of a run, as far as they talk to a node. */
export type Phase = 'preflight' | 'download' | 'deploy' | 'throughput' | 'probe' | 'self-check' | 'stop';

/** What a request does on the node, which decides whether it may be sent again. */
export type RequestKind =
  /** Changes nothing. */
  | 'read'
  /** Starts, stops or changes something. */
  | 'act'
  /** Asks for the vectors of a set of nonces: sent twice it costs time and nothing else. */
  | 'generate';

/** What is lost when a request has failed for good. */
export type Consequence =
  /** The run ends, with what it has. */
  | 'run'
  /** The phase ends with a warning, and the run goes on. */
  | 'phase'
  /** The nonces of one batch stay unanswered. */
  | 'batch';

/** How often a request is sent again, by outcome. An outcome that a repetition cannot mend has none. */
const RETRIES: Record<Outcome, Record<RequestKind, number>> = {
  unreachable: { read: 4, act: 4, generate: 4 },
  broken: { read: 4, act: 0, generate: 3 },
  timed_out: { read: 2, act: 0, generate: 1 },
  untrusted: { read: 0, act: 0, generate: 0 },
  redirected: { read: 0, act: 0, generate: 0 },
  too_large: { read: 0, act: 0, generate: 0 },
  not_json: { read: 3, act: 0, generate: 2 },
  malformed: { read: 1, act: 0, generate: 1 },
  absent: { read: 0, act: 0, generate: 2 },
  conflict: { read: 0, act: 0, generate: 0 },
  throttled: { read: 6, act: 6, generate: 8 },
  rejected: { read: 0, act: 0, generate: 0 },
  failing: { read: 4, act: 0, generate: 4 },
};

/** Outcomes that every batch of a probe would meet alike. */
const HOPELESS: ReadonlySet<Outcome> = new Set(['untrusted', 'redirected', 'rejected', 'conflict']);

const CONSEQUENCES: Record<Phase, Consequence> = {
  preflight: 'run',
  download: 'run',
  deploy: 'run',
  throughput: 'phase',
  probe: 'batch',
  'self-check': 'phase',
  stop: 'phase',
};

/** How often a request that ended so is sent again. */
export function retriesOf(outcome: Outcome, kind: RequestKind): number {
  return RETRIES[outcome][kind];
}

/** What is lost when a request of the phase has ended so for good. */
export function consequenceOf(outcome: Outcome, phase: Phase): Consequence {
  return phase === 'probe' && HOPELESS.has(outcome) ? 'run' : CONSEQUENCES[phase];
}

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 8_000;
const LONGEST_ASKED_DELAY_MS = 60_000;

/**
 * How long to wait before the next attempt: doubling, with jitter so that many clients do not return at once;
 * a node's own Retry-After comes first, up to a minute.
 *
 * @param attempt 1 after the first failure
 */
export function retryDelayMs(
  attempt: number,
  retryAfterMs?: number,
  random: () => number = Math.random,
): number {
  if (retryAfterMs !== undefined) return Math.min(retryAfterMs, LONGEST_ASKED_DELAY_MS);
  const delay = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), LONGEST_DELAY_MS);
  return delay * (0.5 + 0.5 * random());
}
