import { AssayError } from '../errors.js';
import type { Batch } from './plan.js';
import { Turns } from './turns.js';

/** Which batch is asked for next. The node decides which replica gets it. */
export interface JobSource {
  /** undefined: nothing to ask for now. */
  next(): Batch | undefined;
  /**
   * The node gave the batch to this replica. False: the replica had it already, so its vectors are surplus
   * vectors.
   */
  placed(batch: Batch, replica: number | null): boolean;
  /** The key for the retry count: equal for requests that replace each other. */
  nameOf(batch: Batch, replica: number | null): string;
  /** The batch failed there and is to be asked for again. */
  giveBack(batch: Batch, replica: number | null): void;
  /** The batch has failed there after all retries. */
  giveUp(batch: Batch, replica: number | null): void;
  /** Receives the replicas in rotation at every poll. A source without it does not need them. */
  inRotation?(ports: number[]): void;
  /** Whether a replica out of rotation still has work to do: then the run waits for it. */
  isWaiting?(): boolean;
}

/** Each batch once, on any replica. */
export function spreadJobs(batches: Batch[]): JobSource {
  const todo = [...batches];
  return {
    next: () => todo.shift(),
    placed: () => true,
    // The node chooses the replica on which the batch failed.
    nameOf: ({ index }) => String(index),
    giveBack: (batch) => {
      todo.unshift(batch);
    },
    giveUp: () => {},
  };
}

/** Limit of all requests, for each batch that a replica must answer. */
const REQUESTS_PER_WANTED = 4;

/**
 * Each batch on each replica, also on replicas that join later. Nodes distribute requests in turn, so the
 * replica that is expected next gets a batch that it has not had. This is not possible with a node that does
 * not name its replicas: `placed` throws an AssayError.
 *
 * @param isMeasured whether an earlier part of the run already measured the batch on the replica
 */
export function everyReplicaJobs(
  batches: Batch[],
  isMeasured: (batch: Batch, replica: number) => boolean = () => false,
): JobSource {
  return new EveryReplicaJobs(batches, isMeasured);
}

class EveryReplicaJobs implements JobSource {
  readonly #batches: Batch[];
  readonly #isMeasured: (batch: Batch, replica: number) => boolean;
  readonly #wanted = new Map<number, Batch[]>();
  readonly #turns = new Turns();
  /** Answers of replicas that the node never listed: each batch counts once. */
  readonly #unlisted = new Set<string>();
  #ports: number[] = [];
  #asked = 0;
  /** Requests whose replica is not known yet. */
  #unplaced = 0;

  constructor(batches: Batch[], isMeasured: (batch: Batch, replica: number) => boolean) {
    this.#batches = batches;
    this.#isMeasured = isMeasured;
  }

  inRotation(ports: number[]): void {
    this.#ports = ports;
    this.#turns.inRotation(ports);
    for (const port of ports) {
      if (this.#wanted.has(port)) continue;
      this.#wanted.set(
        port,
        this.#batches.filter((batch) => !this.#isMeasured(batch, port)),
      );
    }
  }

  isWaiting(): boolean {
    return (
      this.#mayAsk() &&
      [...this.#wanted].some(([port, left]) => left.length > 0 && !this.#ports.includes(port))
    );
  }

  next(): Batch | undefined {
    if (!this.#mayAsk()) return undefined;
    const listed = this.#ports.map((port) => this.#wanted.get(port) ?? []);
    // Only as many requests at a time as are needed: a batch on the wrong replica is asked for again.
    if (this.#unplaced >= listed.reduce((sum, left) => sum + left.length, 0)) return undefined;
    const own = this.#wanted.get(this.#turns.next(this.#unplaced) ?? 0)?.[0];
    const batch = own ?? listed.find((left) => left.length > 0)?.[0];
    if (batch === undefined) return undefined;
    this.#asked++;
    this.#unplaced++;
    return batch;
  }

  placed(batch: Batch, replica: number | null): boolean {
    if (replica === null) {
      throw new AssayError('the node does not report which replica computed a vector', {
        advice: 'use --coverage spread, or --probe queued if the node supports it',
      });
    }
    this.#unplaced--;
    this.#turns.took(replica);
    const left = this.#wanted.get(replica);
    if (left === undefined) {
      const name = this.nameOf(batch, replica);
      if (this.#unlisted.has(name)) return false;
      this.#unlisted.add(name);
      return true;
    }
    const position = left.indexOf(batch);
    if (position < 0) return false;
    left.splice(position, 1);
    return true;
  }

  nameOf({ index }: Batch, replica: number | null): string {
    return `${index}/${replica}`;
  }

  giveBack(batch: Batch, replica: number | null): void {
    if (replica === null) {
      this.#unplaced--;
      return;
    }
    this.#unlisted.delete(this.nameOf(batch, replica));
    this.#wanted.get(replica)?.unshift(batch);
  }

  giveUp(batch: Batch, replica: number | null): void {
    // Its replica is not known, so the batch is lost for every replica that still needs it.
    if (replica !== null) return;
    this.#unplaced--;
    for (const [port, left] of this.#wanted)
      this.#wanted.set(
        port,
        left.filter((other) => other !== batch),
      );
  }

  #mayAsk(): boolean {
    return this.#asked < REQUESTS_PER_WANTED * this.#batches.length * this.#wanted.size;
  }
}
