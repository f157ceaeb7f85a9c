import type { ProgressPart } from '../../terminal/progress-text.js';

/** Counts what came from each replica, to be told as progress. */
export class ReplicaShares {
  readonly #done = new Map<number, number>();

  /**
   * @param ports of the replicas in rotation, which stand at 0 until they answer
   * @param total of each replica; null where the node shares the work out as it likes
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

  /** Nothing for a single replica, and for ones that nobody can tell apart. */
  parts(): ProgressPart[] {
    const entries = [...this.#done];
    if (entries.length < 2 || entries.every(([, done]) => done === 0)) return [];
    return entries.map(([port, done]) => ({ name: `replica ${port}`, done, total: this.total }));
  }
}
