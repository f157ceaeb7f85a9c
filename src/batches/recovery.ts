import { askedToWait, HttpFault } from '../http/fault.js';
import { retriesOf, retryDelayMs } from '../http/policy.js';
import { consequenceOf, FAILED_BATCH_RETRIES, LOST_BATCH_RETRIES, type Phase } from './consequences.js';
import type { Reply } from './transport.js';

type Fault = Extract<Reply<unknown>, { kind: 'fault' }>;

/** What is done about a batch that failed. */
export type Recovery =
  /** It is asked for again after this time. */
  | { kind: 'again'; delayMs: number }
  /** It stays unanswered. */
  | { kind: 'lost'; reason: string }
  /** Every other batch would fail in the same way. */
  | { kind: 'ends'; error: HttpFault };

/**
 * Applies the retry policy to a request without a result.
 *
 * @param wasAccepted the node had accepted the request, so the failure is that of a poll
 * @param attempt 1 after the first failure of the batch
 * @param leftMs time until the deadline
 */
export function recoveryOf(
  reply: Exclude<Reply<unknown>, { kind: 'done' }>,
  { phase, wasAccepted, attempt, leftMs }: Situation,
): Recovery {
  const isLost = wasAccepted && reply.kind === 'fault' && isGone(reply);
  // A batch that the node has lost can be asked for again at once.
  const delayMs = isLost ? 0 : delayBefore(attempt, reply);
  if (attempt <= retriesAfter(reply, wasAccepted) && delayMs <= leftMs) return { kind: 'again', delayMs };
  if (reply.kind !== 'fault') return { kind: 'lost', reason: reasonOf(reply) };
  const told =
    reply.retryAfterMs === undefined || delayMs <= leftMs
      ? reply.message
      : `${reply.message}, ${askedToWait(reply.retryAfterMs)}`;
  if (consequenceOf(phase, reply.outcome) !== 'batch') return { kind: 'ends', error: faultOf(reply) };
  return { kind: 'lost', reason: [told, reply.advice].filter(Boolean).join('; ') };
}

interface Situation {
  phase: Phase;
  wasAccepted: boolean;
  attempt: number;
  leftMs: number;
}

/**
 * How long to wait before the next poll of an accepted request; undefined: no further poll.
 *
 * @param faults 1 after the first failed poll
 * @param leftMs time until the deadline
 */
export function lookAgainAfterMs(fault: Fault, faults: number, leftMs: number): number | undefined {
  if (isGone(fault) || faults > retriesOf(fault.outcome, 'read')) return undefined;
  const delayMs = delayBefore(faults, fault);
  return delayMs <= leftMs ? delayMs : undefined;
}

function delayBefore(attempt: number, reply: Reply<unknown>): number {
  return retryDelayMs(attempt, reply.kind === 'fault' ? reply.retryAfterMs : undefined);
}

function retriesAfter(reply: Reply<unknown>, wasAccepted: boolean): number {
  if (reply.kind !== 'fault') return FAILED_BATCH_RETRIES;
  if (wasAccepted && isGone(reply)) return LOST_BATCH_RETRIES;
  const retries = retriesOf(reply.outcome, 'generate');
  // Polls have been retried already.
  return wasAccepted ? Math.min(FAILED_BATCH_RETRIES, retries) : retries;
}

/** The node forgot the request, or its replica left. */
function isGone({ outcome, status }: Fault): boolean {
  return outcome === 'absent' || status === 502;
}

function reasonOf(reply: Reply<unknown>): string {
  return reply.kind === 'failed'
    ? `the node reported a failure: ${reply.detail}`
    : 'the node gave no usable answer';
}

/** The fault as an exception again. */
function faultOf({ outcome, message, advice, status }: Fault): HttpFault {
  return new HttpFault(outcome, message, {
    ...(advice !== undefined && { advice }),
    ...(status !== undefined && { status }),
  });
}
