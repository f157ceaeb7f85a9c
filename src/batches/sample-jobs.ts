import type { JobSource } from './job-source.js';
import type { Batch } from './plan.js';
import { Turns } from './turns.js';

/** Requests in all, for each replica. */
const REQUESTS_PER_REPLICA = 3;

/** In place of a port, for answers that name no replica. */
export const NAMELESS = 0;

/**
 * One batch for each replica, the one that `batchOf` names where the node gives it to the replica whose turn it
 * should be. Another replica's batch is taken as well: what it is compared with is the caller's.
 *
 * @param batchOf the batch that each replica is to get, by port
 * @param last the replica that took the last request before
 */
export function sampleJobs(batchOf: ReadonlyMap<number, Batch>, last: number | undefined): JobSource {
  const wanted = new Set(batchOf.keys());
  const isNameless = wanted.has(NAMELESS);
  const turns = new Turns();
  let ports: number[] = [...wanted].sort((a, b) => a - b);
  let unplaced = 0;
  let asked = 0;
  turns.inRotation(ports);
  if (last !== undefined) turns.took(last);

  return {
    inRotation(now) {
      ports = now;
      turns.inRotation(now);
    },
    isWaiting: () => false,
    next() {
      const present = isNameless ? [...wanted] : [...wanted].filter((port) => ports.includes(port));
      if (unplaced >= present.length || asked >= REQUESTS_PER_REPLICA * batchOf.size) return undefined;
      unplaced++;
      asked++;
      const expected = turns.next(unplaced - 1) ?? 0;
      return batchOf.get(wanted.has(expected) ? expected : (present[0] as number));
    },
    placed(_batch, replica) {
      unplaced--;
      // An answer without a name is somebody's: then so many are taken as there are replicas.
      const port = replica ?? [...wanted][0] ?? 0;
      if (replica !== null) turns.took(replica);
      return wanted.delete(port);
    },
    nameOf: ({ index }, replica) => `${index}/${replica}`,
    giveBack(_batch, replica) {
      if (replica === null) unplaced--;
      else wanted.add(replica);
    },
    giveUp(batch, replica) {
      if (replica !== null) return;
      unplaced--;
      for (const [port, own] of batchOf) if (own === batch) wanted.delete(port);
    },
  };
}
