import { AssayError } from '../errors.js';
import type { JobSource } from './job-source.js';
import type { Batch } from './plan.js';
import { Turns } from './turns.js';

/**
 * Limit of all requests, for each batch: the node chooses the replica, and may choose the same one several
 * times.
 */
const REQUESTS_PER_BATCH = 12;

/**
 * Each batch once more, on a replica that has not computed it: a replica that repeats its own vectors proves
 * nothing about the others. If every replica in rotation has computed a batch, any replica may get it.
 * `placed` throws an AssayError when the node never gives a batch to another replica.
 *
 * @param hadBy ports of the replicas that have computed a batch
 */
export function repeatJobs(batches: Batch[], hadBy: (batch: Batch) => ReadonlySet<number>): JobSource {
  const todo = [...batches];
  const turns = new Turns();
  let ports: number[] = [];
  let unplaced = 0;
  let asked = 0;
  const isSpent = (batch: Batch) => ports.every((port) => hadBy(batch).has(port));

  return {
    inRotation(now) {
      ports = now;
      turns.inRotation(now);
    },
    isWaiting: () => false,
    next() {
      if (todo.length === 0) return undefined;
      const expected = turns.next(unplaced);
      const fitting = todo.findIndex(
        (batch) => isSpent(batch) || expected === undefined || !hadBy(batch).has(expected),
      );
      unplaced++;
      asked++;
      return todo.splice(Math.max(0, fitting), 1)[0];
    },
    placed(batch, replica) {
      unplaced--;
      if (replica === null) return true;
      turns.took(replica);
      if (!hadBy(batch).has(replica) || isSpent(batch)) return true;
      if (asked >= REQUESTS_PER_BATCH * batches.length) {
        throw new AssayError(
          `the node always gives a batch to replica ${replica}, so no other replica repeats it`,
          { advice: 'record when nobody else uses the node, or record each replica alone' },
        );
      }
      todo.push(batch);
      return false;
    },
    nameOf: ({ index }) => String(index),
    giveBack(batch, replica) {
      if (replica === null) unplaced--;
      todo.unshift(batch);
    },
    giveUp(_batch, replica) {
      if (replica === null) unplaced--;
    },
  };
}
