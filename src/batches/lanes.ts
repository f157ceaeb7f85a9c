/** What one replica's queue is known to hold: requests are worked on one after the other. */
export interface Lane {
  /** When the replica finished the last one: an estimate, on the caller's clock in ms. */
  freeAt: number;
  /** When it was seen to have finished the last one. */
  seenFreeAt: number;
}

/** The queues of a node's replicas. */
export class Lanes {
  readonly #lanes = new Map<number, Lane & { tail: Promise<void> }>();

  /**
   * Puts a request behind those that a replica has, and waits for its turn.
   *
   * @returns the lane, and `leave`, which lets the next request have its turn
   */
  async enter(replica: number): Promise<{ lane: Lane; leave: () => void }> {
    const lane = this.#lanes.get(replica) ?? { tail: Promise.resolve(), freeAt: 0, seenFreeAt: 0 };
    this.#lanes.set(replica, lane);
    const before = lane.tail;
    let leave = () => {};
    lane.tail = new Promise((resolve) => {
      leave = resolve;
    });
    await before;
    return { lane, leave };
  }
}
