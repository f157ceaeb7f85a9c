import type { Serving } from './serving.js';

export interface PatienceOptions {
  timeoutMs: number;
  /** The model is already up: it must stop answering before it counts as served. */
  restarts: boolean;
  /** When the network node's status last changed before the change of config. */
  statusBefore: string | null | undefined;
}

/** Replicas join some seconds apart: their number counts when it no longer changes. */
const STEADY_LOOKS = 2;
/** A failure counts when it stays: a node that restarts is also FAILED for a moment. */
const MAX_FAILED_MS = 15_000;
/** After this time, a node that says that it waits for its first PoC is believed. */
const MAX_AWAITS_MS = 120_000;
/** Time limit for a restart to begin. */
const MAX_RESTART_MS = 20_000;

/**
 * Judges a series of looks at a node. It serves when all promised replicas serve or, without a promised
 * number, when two looks agree. It fails when the failure has stayed or the time is over. Until then the
 * caller waits.
 *
 * A node that waits for its first PoC is left alone: it has not failed.
 *
 * @returns a function that judges the next look; `statusAt` is the time of the network node's present status
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
    // The joined replicas serve; the others may never join.
    if (look.isPartial && wasAway)
      return { status: 'serving', text: `${text} after waiting ${Math.round(elapsedMs / 1000)} s` };
    const reason = `does not serve after ${Math.round(elapsedMs / 1000)} s: ${text}`;
    return { status: 'failed', text: reason, ...(advice !== undefined && { advice }) };
  };
}
