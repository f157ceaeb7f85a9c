import type { Outcome } from '../http/fault.js';

/** The steps of a run on a node, in order. */
export type Phase =
  | 'preflight'
  | 'download'
  | 'deploy'
  /** Waiting until the replicas of a started model are in rotation. */
  | 'replicas'
  | 'throughput'
  /** Stopping the generation that throughput started. */
  | 'stop'
  | 'probe'
  | 'self-check';

/** What is lost when a request fails after all retries. */
export type Consequence =
  /** The run ends, with what it has measured. */
  | 'run'
  /** The phase ends with a warning, and the run goes on. */
  | 'phase'
  /** The nonces of one batch stay unanswered. */
  | 'batch'
  /** Nothing yet: the phase polls again until its own deadline, which ends the run. */
  | 'wait'
  /** Nothing: the failure shows what kind of node it is, and the run goes on. */
  | 'nothing';

/** Retry limit for a batch that the node accepted and then lost: the node forgot it, or its replica left. */
export const LOST_BATCH_RETRIES = 5;

/**
 * Retry limit for a batch that the node failed. Also the limit for a batch whose polls got no readable
 * answer.
 */
export const FAILED_BATCH_RETRIES = 2;

/** What is lost in each phase, and per outcome where that differs. */
export const CONSEQUENCES: Record<
  Phase,
  { otherwise: Consequence } & { readonly [outcome in Outcome]?: Consequence }
> = {
  // An older node has no such endpoint.
  preflight: { otherwise: 'run', absent: 'nothing' },
  // A node may be too old for the endpoint, may be downloading already, or may have three other downloads.
  download: { otherwise: 'run', absent: 'nothing', conflict: 'wait', throttled: 'wait' },
  deploy: { otherwise: 'run' },
  // A node whose replicas have not joined reports it in many ways, and so does its proxy.
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
  // Nothing may be probed while generation of ours goes on.
  stop: { otherwise: 'run' },
  // The exceptions are failures that every batch would get as well.
  probe: { otherwise: 'batch', untrusted: 'run', redirected: 'run', rejected: 'run', conflict: 'run' },
  'self-check': { otherwise: 'phase' },
};

/**
 * What is lost when a request of the phase fails after all retries; without an outcome: when something else
 * failed.
 */
export function consequenceOf(phase: Phase, outcome?: Outcome): Consequence {
  const { otherwise, ...exceptions } = CONSEQUENCES[phase];
  return (outcome && exceptions[outcome]) ?? otherwise;
}
