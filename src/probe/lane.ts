/** Looks at a request whose duration nobody knows yet. */
const FIRST_LOOK_MS = 25;
const SHORTEST_STEP_MS = 10;
const LONGEST_STEP_MS = 5_000;
/** The step after a look that came too early, relative to the batch time; each further one is twice as long. */
const STEP = 0.05;
/** How fast an old lower bound is given up, since a node may get faster. */
const FORGET = 0.95;

/**
 * What is known of the time that a node takes for a full batch, in ms. One estimate serves all replicas: while
 * it is missing, only one request explores it, and the others wait for what it finds.
 */
export interface Pace {
  /** When to look first: between the bounds that the looks have found. */
  batchMs: number | undefined;
  /** A full batch was still under way after so long. */
  pendingMs: number;
}

/** When to look at a request, and what the looks have told: the state of the request at a replica's head. */
export class Looks {
  readonly #pace: Pace;
  /** Of the batch, relative to a full one: 0 … 1. */
  readonly #share: number;
  /** When the replica turned to it, on the caller's clock in ms: an estimate. */
  readonly #startedAt: number;
  /** It had turned to it by then at the latest. */
  readonly #startedBy: number;
  #lastPendingAt: number;
  #count = 0;

  constructor(pace: Pace, share: number, startedAt: number, startedBy: number) {
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
    if (this.#count === 0) return Math.max(0, batchMs * this.#share - elapsed);
    const step = STEP * batchMs * 2 ** (this.#count - 1);
    return Math.min(Math.max(step, SHORTEST_STEP_MS), Math.max(LONGEST_STEP_MS, batchMs));
  }

  /** A look at `now` found the request still under way. */
  pending(now: number): void {
    this.#lastPendingAt = now;
    this.#count++;
    // A small batch may cost as much as a full one, so only a full one tells of full ones. Counted from an
    // estimated start, the bound could lie above the batch time, and each look would come later than the last.
    if (this.#share === 1) this.#pace.pendingMs = Math.max(this.#pace.pendingMs, now - this.#startedBy);
  }

  /**
   * A look at `now` found it complete: learns from the time between the last two looks.
   *
   * @returns the estimated moment of completion, from which the replica worked on the next request
   */
  completed(now: number): number {
    const pace = this.#pace;
    const unknown = pace.batchMs === undefined;
    const completedAt = this.#count === 0 ? now : (this.#lastPendingAt + now) / 2;
    if (this.#share < 1 && !unknown) return completedAt;
    const elapsed = (now - this.#startedAt) / this.#share;
    if (this.#count > 0) {
      pace.batchMs = (completedAt - this.#startedAt) / this.#share;
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
  const step = Math.min(0.25 * elapsed, Math.max(0.1 * elapsed, 0.04 * elapsed + 150));
  return Math.min(Math.max(SHORTEST_STEP_MS, step), LONGEST_STEP_MS);
}
