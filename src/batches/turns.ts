/**
 * Predicts which replica gets the next request. Nodes distribute requests in turn, so the replica that
 * followed another one before is expected to follow it again.
 */
export class Turns {
  readonly #successor = new Map<number, number>();
  #ports: number[] = [];
  #last: number | undefined;

  /** @param ports of the replicas in rotation, ascending */
  inRotation(ports: number[]): void {
    if (ports.join() === this.#ports.join()) return;
    this.#ports = ports;
    this.#successor.clear();
    ports.forEach((port, index) => {
      this.#successor.set(port, ports[(index + 1) % ports.length] as number);
    });
  }

  /** A request went to this replica. */
  took(port: number): void {
    if (this.#last !== undefined) this.#successor.set(this.#last, port);
    this.#last = port;
  }

  /** @param ahead requests that were sent, and whose replica is not known yet */
  next(ahead = 0): number | undefined {
    let port = this.#last === undefined ? this.#ports[0] : this.#successor.get(this.#last);
    for (let step = 0; step < ahead && port !== undefined; step++) port = this.#successor.get(port);
    return port;
  }
}
