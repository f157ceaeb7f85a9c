import { AssayError } from '../errors.js';
import type { Batch } from './plan.js';
import { Turns } from './turns.js';

/** Which batch is asked for next; the node decides which replica gets it. */
export interface JobSource {
  /** undefined: nothing is to be asked for now. */
  next(): Batch | undefined;
  /** The node gave the batch to this replica. False: that replica had it already, and the answer is surplus. */
  placed(batch: Batch, replica: number | null): boolean;
  /** What the repetitions are counted by: the same for what takes each other's place. */
  nameOf(batch: Batch, replica: number | null): string;
  /** The batch came to nothing there and is to be asked for again. */
  giveBack(batch: Batch, replica: number | null): void;
  /** The batch is lost for good there. */
  giveUp(batch: Batch, replica: number | null): void;
  /** Told at every look which replicas are in rotation. A source without it needs not know. */
  inRotation?(ports: number[]): void;
  /** Whether something is wanted of a replica that is out of rotation: then it is waited for. */
  isWaiting?(): boolean;
}

/** Each batch once, on whichever replica. */
export function spreadJobs(batches: Batch[]): JobSource {
  const todo = [...batches];
  return {
    next: () => todo.shift(),
    placed: () => true,
    // Which replica it comes to nothing on is the node's choice.
    nameOf: ({ index }) => String(index),
    giveBack: (batch) => {
      todo.unshift(batch);
    },
    giveUp: () => {},
  };
}

/** Requests in all, for each batch that a replica is to answer. */
const REQUESTS_PER_WANTED = 4;

/**
 * Each batch on each replica, also on those that join later. Nodes hand requests out in turn, so the replica whose
 * turn it should be gets a batch that it has not had. A node that does not tell them apart cannot be asked so:
 * `placed` throws an AssayError.
 *
 * @param isMeasured whether a replica needs not be asked for a batch, since an earlier part of the run did
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
  /** Requests of which it is not known yet who took them. */
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
    // No more at a time than are wanted: what goes to the wrong replica is asked again.
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
    // Nobody knows where it would have gone, so it is lost wherever it is still wanted.
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
