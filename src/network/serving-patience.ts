import type { Serving } from './serving.js';

export interface PatienceOptions {
  timeoutMs: number;
  /** The model is up already: it must have been away before it counts as served. */
  restarts: boolean;
  /** When the network node's status had last changed before the change. */
  statusBefore: string | null | undefined;
}

/** Replicas join some seconds apart: their number counts once it stays the same. */
const STEADY_LOOKS = 2;
/** A failure counts once it has stayed: a node that restarts is FAILED for a moment as well. */
const MAX_FAILED_MS = 15_000;
/** So long a node may say that it waits for its first PoC, before that is taken for what it does. */
const MAX_AWAITS_MS = 120_000;
/** How long a restart may take to begin. */
const MAX_RESTART_MS = 20_000;

/**
 * Judges a series of looks at a node: it serves once all promised replicas do, or two looks say the same where
 * nobody promised a number; it fails once the failure has
 * stayed or the time is over, and until then it is waited for.
 *
 * A node that waits for its first PoC is left to it, and has not failed.
 *
 * @returns judges the next look, `statusAt` being the time of the network node's present status
 */
export function createPatience({ timeoutMs, restarts, statusBefore }: PatienceOptions) {
  let failedSince: number | undefined;
  let awaitsSince: number | undefined;
  let wasAway = !restarts;
  let same = 0;
  let last = '';

  return (look: Serving, statusAt: string | null | undefined, elapsedMs: number): Serving => {
    const { status, text, advice } = look;
    failedSince = status === 'failed' ? (failedSince ?? elapsedMs) : undefined;
    awaitsSince = status === 'awaits_poc' ? (awaitsSince ?? elapsedMs) : undefined;
    wasAway ||= status !== 'serving' || (statusAt !== undefined && statusAt !== statusBefore);
    same = text === last ? same + 1 : 1;
    last = text;

    if (failedSince !== undefined && elapsedMs - failedSince >= Math.min(MAX_FAILED_MS, timeoutMs / 20))
      return { ...look, text: `will not serve: ${text}` };
    if (awaitsSince !== undefined && (elapsedMs - awaitsSince >= MAX_AWAITS_MS || elapsedMs >= timeoutMs))
      return look;
    if (status === 'serving' && !wasAway && elapsedMs >= MAX_RESTART_MS)
      return { status, text: `${text}, but no restart was seen: it may still use the old arguments` };
    if (status === 'serving' && wasAway && same >= (look.isWhole ? 1 : STEADY_LOOKS)) return look;
    if (elapsedMs < timeoutMs) return { status: 'waiting', text };
    // Those that joined serve; the others may never come.
    if (look.isPartial && wasAway)
      return { status: 'serving', text: `${text} after ${Math.round(elapsedMs / 1000)} s` };
    const reason = `does not serve after ${Math.round(elapsedMs / 1000)} s: ${text}`;
    return { status: 'failed', text: reason, ...(advice !== undefined && { advice }) };
  };
}
