import type { Outcome } from '../http/fault.js';

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

/** How often a batch is asked for anew that the node had accepted and then lost: forgotten, or its replica went. */
export const LOST_BATCH_RETRIES = 5;

/** The same of one that the node failed; and at most as often of one whose looks found no answer to be read. */
export const FAILED_BATCH_RETRIES = 2;

/** What is lost in each phase, and what by outcome where that differs. */
export const CONSEQUENCES: Record<
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

/** What is lost when a request of the phase has failed for good; without an outcome: when something else went wrong. */
export function consequenceOf(phase: Phase, outcome?: Outcome): Consequence {
  const { otherwise, ...exceptions } = CONSEQUENCES[phase];
  return (outcome && exceptions[outcome]) ?? otherwise;
}
