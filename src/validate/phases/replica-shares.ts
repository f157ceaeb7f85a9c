import type { ProgressPart } from '../../terminal/progress-text.js';

/** Counts the answers of each replica, for the progress. */
export class ReplicaShares {
  readonly #done = new Map<number, number>();

  /**
   * @param ports of the replicas in rotation; each count is 0 until the replica answers
   * @param total replica share; null where the node distributes the work itself
   */
  constructor(
    ports: number[],
    readonly total: number | null,
  ) {
    for (const port of ports) this.#done.set(port, 0);
  }

  add(port: number | null, count: number): void {
    if (port !== null) this.#done.set(port, (this.#done.get(port) ?? 0) + count);
  }

  /** Nothing for a single replica, or for replicas that cannot be distinguished. */
  parts(): ProgressPart[] {
    const entries = [...this.#done];
    if (entries.length < 2 || entries.every(([, done]) => done === 0)) return [];
    return entries.map(([port, done]) => ({ name: `replica ${port}`, done, total: this.total }));
  }
}
