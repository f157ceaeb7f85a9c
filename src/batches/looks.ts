/** Looks at a request whose duration nobody knows yet. */
const FIRST_LOOK_MS = 25;
const SHORTEST_STEP_MS = 10;
const LONGEST_STEP_MS = 5_000;
/** The step after a look that came too early, relative to the batch time; further ones double the time overdue. */
const STEP = 0.05;
/** Looks at a part of a batch, after the first, until a full one would be done. */
const PART_LOOKS = 3;
/** How fast an old lower bound is given up, since a node may get faster. */
const FORGET = 0.95;

/**
 * What is known of the time that a node takes for a full batch, in ms. One estimate serves all replicas: while
 * it is missing, only one request explores it, and the others wait for what it finds.
 */
export interface LookPace {
  /** When to look first: between the bounds that the looks have found. */
  batchMs: number | undefined;
  /** A full batch was still under way after so long. */
  pendingMs: number;
}

/** When to look at a request, and what the looks have told: the state of the request at a replica's head. */
export class Looks {
  readonly #pace: LookPace;
  /** Of the batch, relative to a full one: 0 … 1. */
  readonly #share: number;
  /** When the replica turned to it, on the caller's clock in ms: an estimate. */
  readonly #startedAt: number;
  /** It had turned to it by then at the latest. */
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

  /** Milliseconds from `now` until the next look. */
  nextIn(now: number): number {
    const { batchMs } = this.#pace;
    const elapsed = now - this.#startedAt;
    if (batchMs === undefined) return this.#count === 0 ? FIRST_LOOK_MS : explorationStep(elapsed);
    const wait = this.#nextAt(batchMs) - elapsed;
    return Math.max(wait, this.#count === 0 ? 0 : SHORTEST_STEP_MS);
  }

  /** For how long the replica has worked on it, in ms. */
  elapsed(now: number): number {
    return now - this.#startedAt;
  }

  /** When to look next, in ms from the start, once the batch time is known. */
  #nextAt(batchMs: number): number {
    const last = this.#lastPendingAt - this.#startedAt;
    const due = batchMs * this.#share;
    if (last < due) return due;
    // A part of a batch takes from its share of the time up to all of it.
    if (last < batchMs) return Math.min(batchMs, last + (batchMs - due) / PART_LOOKS);
    return last + Math.min(Math.max(STEP * batchMs, last - batchMs), Math.max(LONGEST_STEP_MS, batchMs));
  }

  /** A look at `now` found the request still under way. */
  pending(now: number): void {
    this.#lastPendingAt = now;
    this.#count++;
    // Counted from an estimated start, the bound could lie above the batch time, and each look would come later
    // than the one before.
    if (this.#share === 1) this.#pace.pendingMs = Math.max(this.#pace.pendingMs, now - this.#startedBy);
  }

  /**
   * A look at `now` found it complete: learns from the time between the last two looks.
   *
   * @param isTimely no look before it went wrong, so that this one came when it was meant to
   * @returns the estimated moment of completion, from which the replica worked on the next request
   */
  completed(now: number, isTimely = true): number {
    const pace = this.#pace;
    const completedAt = this.#count === 0 ? now : (this.#lastPendingAt + now) / 2;
    // A part of a batch may cost as much as a full one, so only a full one tells of full ones.
    if (this.#share < 1 || !isTimely) return completedAt;
    const elapsed = now - this.#startedAt;
    if (this.#count > 0) {
      pace.batchMs = completedAt - this.#startedAt;
    } else {
      // Complete at the first look, perhaps long before it: look half-way to what is known to be too early.
      pace.pendingMs *= FORGET;
      pace.batchMs = (Math.min(pace.pendingMs, elapsed) + elapsed) / 2;
    }
    return completedAt;
  }
}

/** Steps that grow with the time already waited, slowly enough that a completion is found soon. */
function explorationStep(elapsed: number): number {
  const step = Math.min(0.5 * elapsed, 0.07 * elapsed + 100);
  return Math.min(Math.max(SHORTEST_STEP_MS, step), LONGEST_STEP_MS);
}
