/** The known state of one replica's queue: it works on requests one after the other. */
export interface Lane {
  /** When the replica finished the last one: an estimate, on the caller's clock in ms. */
  freeAt: number;
  /** When it was observed to have finished the last one. */
  seenFreeAt: number;
}

/** The queues of a node's replicas. */
export class Lanes {
  readonly #lanes = new Map<number, Lane & { tail: Promise<void> }>();

  /**
   * Puts a request at the end of a replica's queue, and waits for its turn.
   *
   * @returns the lane, and `leave`, which gives the turn to the next request
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
