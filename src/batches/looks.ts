/** Waits before the first polls of a request whose duration is not known yet: a node may answer at once. */
const FIRST_WAITS_MS = [5, 20];
const SHORTEST_STEP_MS = 10;
const LONGEST_STEP_MS = 5_000;
/**
 * The step after a poll that came too early, relative to the batch time; further steps double the time
 * overdue.
 */
const STEP = 0.05;
/** Polls of a part of a batch, after the first poll, until a full batch would be done. */
const PART_LOOKS = 3;
/** How fast an old lower bound is lowered, since a node may become faster. */
const FORGET = 0.95;

/**
 * What is known of the time that a node needs for a full batch, in ms. All replicas share one estimate. While
 * there is none, only one request measures it, and the others wait for the result.
 */
export interface LookPace {
  /** When to poll first: between the bounds that the polls have found. */
  batchMs: number | undefined;
  /** A full batch was still in progress after this time. */
  pendingMs: number;
}

/**
 * When to poll a request, and what the polls have found: the state of the request at the head of a replica's
 * queue.
 */
export class Looks {
  readonly #pace: LookPace;
  /** Size of the batch relative to a full one: 0 … 1. */
  readonly #share: number;
  /** When the replica began to work on it, on the caller's clock in ms: an estimate. */
  readonly #startedAt: number;
  /** The latest time at which the replica can have begun. */
  readonly #startedBy: number;
  #lastPendingAt: number;
  #count = 0;

  constructor(pace: LookPace, share: number, startedAt: number, startedBy: number) {
    this.#pace = pace;
    this.#startedBy = startedBy;
    this.#share = share;
    this.#startedAt = startedAt;
    this.#lastPendingAt = startedAt;
  }

  /** Milliseconds from `now` until the next poll. */
  nextIn(now: number): number {
    const { batchMs } = this.#pace;
    const elapsed = now - this.#startedAt;
    if (batchMs === undefined) return FIRST_WAITS_MS[this.#count] ?? explorationStep(elapsed);
    const wait = this.#nextAt(batchMs) - elapsed;
    return Math.max(wait, this.#count === 0 ? 0 : SHORTEST_STEP_MS);
  }

  /** For how long the replica has worked on it, in ms. */
  elapsed(now: number): number {
    return now - this.#startedAt;
  }

  /** When to poll next, in ms from the start, once the batch time is known. */
  #nextAt(batchMs: number): number {
    const last = this.#lastPendingAt - this.#startedAt;
    const due = batchMs * this.#share;
    if (last < due) return due;
    // A part of a batch takes at least its share of the time, and at most all of it.
    if (last < batchMs) return Math.min(batchMs, last + (batchMs - due) / PART_LOOKS);
    return last + Math.min(Math.max(STEP * batchMs, last - batchMs), Math.max(LONGEST_STEP_MS, batchMs));
  }

  /** A poll at `now` found the request still in progress. */
  pending(now: number): void {
    this.#lastPendingAt = now;
    this.#count++;
    // Counted from an estimated start, the bound could be above the batch time. Each poll would then come
    // later than the one before.
    if (this.#share === 1) this.#pace.pendingMs = Math.max(this.#pace.pendingMs, now - this.#startedBy);
  }

  /**
   * A poll at `now` found it complete: learns from the time between the last two polls.
   *
   * @param isTimely no poll before it failed, so this one came at the planned time
   * @returns the estimated time of completion; from then on the replica worked on the next request
   */
  completed(now: number, isTimely = true): number {
    const pace = this.#pace;
    const completedAt = this.#count === 0 ? now : (this.#lastPendingAt + now) / 2;
    // A part of a batch may take as long as a full one, so only a full batch gives the time of full ones.
    if (this.#share < 1 || !isTimely) return completedAt;
    const elapsed = now - this.#startedAt;
    if (this.#count > 0) {
      pace.batchMs = completedAt - this.#startedAt;
    } else {
      // Complete at the first poll, perhaps long before it. Poll earlier: half-way to the time that is known
      // to be too early.
      pace.pendingMs *= FORGET;
      pace.batchMs = (Math.min(pace.pendingMs, elapsed) + elapsed) / 2;
    }
    return completedAt;
  }
}

/** Steps that grow with the time already waited, slowly enough to find a completion soon. */
function explorationStep(elapsed: number): number {
  const step = Math.min(0.5 * elapsed, 0.072 * elapsed + 100);
  return Math.min(Math.max(SHORTEST_STEP_MS, step), LONGEST_STEP_MS);
}
