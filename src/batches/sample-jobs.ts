import type { JobSource } from './job-source.js';
import type { Batch } from './plan.js';
import { Turns } from './turns.js';

/** Limit of the requests that the node answered or accepted, for each replica; failed ones have the retry limits. */
const REQUESTS_PER_REPLICA = 3;

/** Used instead of a port, for answers that name no replica. */
export const NAMELESS = 0;

/**
 * One batch for each replica: the one that `batchOf` names, if the node gives it to the expected replica. A
 * batch on another replica is accepted as well. The caller decides what it is compared with.
 *
 * @param batchOf the batch for each replica, by port
 * @param last the replica that received the request before
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
      // An answer without a name may be from any replica: then as many are accepted as there are replicas.
      const port = replica ?? [...wanted][0] ?? 0;
      if (replica !== null) turns.took(replica);
      return wanted.delete(port);
    },
    nameOf: ({ index }, replica) => `${index}/${replica}`,
    giveBack(_batch, replica) {
      asked--;
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
