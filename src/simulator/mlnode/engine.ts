/** A list of batches to compute, one after the other. */
export interface Work {
  batches: number;
  /** Called when a batch is done. */
  onBatch(index: number): void;
  /**
   * Called after the last batch; `at` is its end time. What is `start`ed from that time follows without a
   * gap.
   */
  onDone(at: number): void;
}

interface Turn {
  work: Work;
  next: number;
  dropped: boolean;
}

/**
 * The GPU of a replica: it computes one batch at a time, and works take turns. Batch k of a work that runs
 * alone ends exactly k batch times after its start. Ends are computed, so a late timer changes none of them.
 * Times are those of `performance.now()`.
 */
export class Engine {
  private turns: Turn[] = [];
  private current: { turn: Turn; endsAt: number } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private held = false;

  /** @param batchTimeMs for one batch of any size */
  constructor(readonly batchTimeMs: number) {}

  /** @param from the earliest time at which it can begin */
  start(work: Work, from = performance.now()): void {
    if (work.batches <= 0) {
      work.onDone(from);
      return;
    }
    this.turns.push({ work, next: 0, dropped: false });
    this.begin(from);
    this.arm();
  }

  /** Drops a work; a batch that is being computed runs to its end, and its result is dropped. */
  drop(work: Work): void {
    this.turns = this.turns.filter((turn) => turn.work !== work);
    if (this.current?.turn.work === work) this.current.turn.dropped = true;
  }

  /** Drops all works, and the batch that is being computed. */
  reset(): void {
    clearTimeout(this.timer);
    this.turns = [];
    this.current = undefined;
    this.held = false;
  }

  /** Begins no other batch until `release`. */
  hold(): void {
    this.advance();
    this.held = true;
  }

  release(): void {
    this.advance();
    this.held = false;
    this.begin(performance.now());
    this.arm();
  }

  /** Completes every batch whose end time has passed. */
  advance(now = performance.now()): void {
    while (this.current !== undefined && this.current.endsAt <= now) {
      const { turn, endsAt } = this.current;
      this.current = undefined;
      if (!turn.dropped) this.complete(turn, endsAt);
      this.begin(endsAt);
    }
    this.arm();
  }

  private complete(turn: Turn, endedAt: number): void {
    const index = turn.next++;
    const isLast = turn.next === turn.work.batches;
    if (!isLast) this.turns.push(turn);
    turn.work.onBatch(index);
    if (isLast) turn.work.onDone(endedAt);
  }

  private begin(from: number): void {
    if (this.held || this.current !== undefined) return;
    const turn = this.turns.shift();
    if (turn !== undefined) this.current = { turn, endsAt: from + this.batchTimeMs };
  }

  private arm(): void {
    clearTimeout(this.timer);
    if (this.current === undefined) return;
    const delay = Math.max(0, Math.ceil(this.current.endsAt - performance.now()));
    this.timer = setTimeout(() => this.advance(), delay);
  }
}
