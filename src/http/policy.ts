import type { Outcome } from './fault.js';

/** What a run does with a node, in the order in which it does it. */
export type Phase =
  | 'preflight'
  | 'download'
  | 'deploy'
  /** Waiting until the replicas of a model that came up are in rotation. */
  | 'replicas'
  | 'throughput'
  /** Stopping the generation that throughput started. */
  | 'stop'
  | 'probe'
  | 'self-check';

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
  | 'batch'
  /** Nothing yet: the phase looks again until its own time is over, which ends the run. */
  | 'wait'
  /** Nothing: it tells what kind of node it is, and the run goes on. */
  | 'nothing';

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

/** How often a batch is asked for anew that the node had accepted and then lost: forgotten, or its replica went. */
export const LOST_BATCH_RETRIES = 5;
/** The same of one that the node failed; and at most as often of one whose looks found no answer to be read. */
export const FAILED_BATCH_RETRIES = 2;

/** No repetition of a read or an act begins later than this after the first attempt. */
export const TOTAL_MS = 180_000;

/** What is lost in each phase, and what by outcome where that differs. */
const CONSEQUENCES: Record<
  Phase,
  { otherwise: Consequence } & { readonly [outcome in Outcome]?: Consequence }
> = {
  // An older node has no such endpoint.
  preflight: { otherwise: 'run', absent: 'nothing' },
  // A node may be too old for the endpoint, may be downloading already, and may have three others under way.
  download: { otherwise: 'run', absent: 'nothing', conflict: 'wait', throttled: 'wait' },
  deploy: { otherwise: 'run' },
  // A node whose replicas have not joined says so in many ways, its proxy's among them.
  replicas: {
    otherwise: 'run',
    failing: 'wait',
    throttled: 'wait',
    conflict: 'wait',
    broken: 'wait',
    timed_out: 'wait',
    not_json: 'wait',
  },
  throughput: { otherwise: 'phase' },
  // Nothing may be probed beside generation of ours that goes on.
  stop: { otherwise: 'run' },
  // The exceptions are what every batch would meet alike.
  probe: { otherwise: 'batch', untrusted: 'run', redirected: 'run', rejected: 'run', conflict: 'run' },
  'self-check': { otherwise: 'phase' },
};

/** How often a request that ended so is sent again. */
export function retriesOf(outcome: Outcome, kind: RequestKind): number {
  return RETRIES[outcome][kind];
}

/** What is lost when a request of the phase has failed for good; without an outcome: when something else went wrong. */
export function consequenceOf(phase: Phase, outcome?: Outcome): Consequence {
  const { otherwise, ...exceptions } = CONSEQUENCES[phase];
  return (outcome && exceptions[outcome]) ?? otherwise;
}

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 8_000;

/**
 * How long to wait before the next attempt: doubling, with jitter so that many clients do not return at once,
 * and never shorter than a node's own Retry-After. Whoever waits has a limit, and gives up at once where this
 * lies beyond it.
 *
 * @param attempt 1 after the first failure
 */
export function retryDelayMs(attempt: number, retryAfterMs = 0, random: () => number = Math.random): number {
  const delay = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), LONGEST_DELAY_MS);
  return Math.max(retryAfterMs, delay * (0.5 + 0.5 * random()));
}
