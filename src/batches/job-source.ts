import { AssayError } from '../errors.js';
import type { Batch } from './plan.js';

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

/** How many answers from the wrong replica are taken for each wanted one. */
const SURPLUS_PER_WANTED = 3;

/**
 * Each batch on each replica. Nodes hand requests out in turn, so the replica that followed the last one
 * before is expected to follow it again, and gets a batch that it has not had. A node that does not tell them
 * apart cannot be asked so: `placed` throws an AssayError.
 *
 * @param isMeasured whether a replica needs not be asked for a batch, since an earlier part of the run did
 */
export function everyReplicaJobs(
  batches: Batch[],
  replicas: number[],
  isMeasured: (batch: Batch, replica: number) => boolean = () => false,
): JobSource {
  const wanted = new Map(replicas.map((port) => [port, batches.filter((batch) => !isMeasured(batch, port))]));
  const successor = new Map(replicas.map((port, i) => [port, replicas[(i + 1) % replicas.length] as number]));
  let last: number | undefined;
  let surplusLeft = SURPLUS_PER_WANTED * batches.length * replicas.length;

  return {
    next() {
      if (surplusLeft <= 0) return undefined;
      const expected = last === undefined ? replicas[0] : successor.get(last);
      const own = wanted.get(expected ?? 0)?.[0];
      return own ?? [...wanted.values()].find((left) => left.length > 0)?.[0];
    },
    placed(batch, replica) {
      if (replica === null) {
        throw new AssayError('the node does not tell which replica computed a vector', {
          advice: 'use --coverage spread, or --probe queued where the node takes it',
        });
      }
      if (last !== undefined) successor.set(last, replica);
      last = replica;
      const left = wanted.get(replica);
      const position = left?.indexOf(batch) ?? -1;
      if (position < 0) {
        surplusLeft--;
        return false;
      }
      left?.splice(position, 1);
      return true;
    },
    nameOf: ({ index }, replica) => `${index}/${replica}`,
    giveBack(batch, replica) {
      if (replica !== null) wanted.get(replica)?.unshift(batch);
    },
    giveUp(batch, replica) {
      // Nobody knows where it would have gone, so it is lost wherever it is still wanted.
      if (replica !== null) return;
      for (const [port, left] of wanted)
        wanted.set(
          port,
          left.filter((other) => other !== batch),
        );
    },
  };
}
