import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Batch, planBatches } from '../../src/batches/plan.js';
import { repeatJobs } from '../../src/batches/repeat-jobs.js';

const ports = [5001, 5002];

/** Plays a second run on a node that gives each request to the replica that `turn` names. */
function play(batches: Batch[], firstBy: (batch: Batch) => number, turn: (request: number) => number) {
  const jobs = repeatJobs(batches, (batch) => new Set([firstBy(batch)]));
  jobs.inRotation?.(ports);
  const second = new Map<number, number>();
  for (let request = 0; ; request++) {
    const batch = jobs.next();
    if (batch === undefined) return { second, requests: request };
    const port = ports[turn(request) % 2] as number;
    if (jobs.placed(batch, port)) second.set(batch.index, port);
  }
}

describe('each batch once more', () => {
  it('never goes to the replica that had it, wherever the turn stands', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.nat(1), { minLength: 12, maxLength: 12 }),
        fc.nat(1),
        (count, first, offset) => {
          const batches = planBatches(count, 1);
          const firstBy = ({ index }: Batch) => ports[first[index] as number] as number;
          const { second, requests } = play(batches, firstBy, (request) => request + offset);
          expect(second.size).toBe(count);
          for (const batch of batches) expect(second.get(batch.index)).not.toBe(firstBy(batch));
          expect(requests).toBeLessThanOrEqual(3 * count + 1);
        },
      ),
    );
  });

  it('fails where the node never gives it to another one', () => {
    const batches = planBatches(2, 1);
    expect(() =>
      play(
        batches,
        () => 5001,
        () => 0,
      ),
    ).toThrow('always gives a batch to replica 5001');
  });

  it('goes to the same one where there is no other', () => {
    const batches = planBatches(3, 1);
    const jobs = repeatJobs(batches, () => new Set([5001]));
    jobs.inRotation?.([5001]);
    for (let batch = jobs.next(); batch !== undefined; batch = jobs.next())
      expect(jobs.placed(batch, 5001)).toBe(true);
  });
});
