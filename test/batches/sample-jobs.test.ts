import { describe, expect, it } from 'vitest';
import type { Batch } from '../../src/batches/plan.js';
import { sampleJobs } from '../../src/batches/sample-jobs.js';

const batch = (index: number): Batch => ({ index, start: 32 * index, count: 32 });

describe('one batch for each replica', () => {
  it('is asked for again however often a request fails: the retry limits end that', () => {
    const jobs = sampleJobs(
      new Map([
        [5001, batch(0)],
        [5002, batch(1)],
      ]),
      undefined,
    );
    for (let failure = 0; failure < 20; failure++) {
      const asked = jobs.next();
      expect(asked).toBeDefined();
      jobs.giveBack(asked as Batch, null);
    }
    const first = jobs.next() as Batch;
    expect(jobs.placed(first, 5001)).toBe(true);
    expect(jobs.next()).toEqual(batch(1));
  });

  it('ends when the node gives every request to the replica that has answered', () => {
    const jobs = sampleJobs(
      new Map([
        [5001, batch(0)],
        [5002, batch(1)],
      ]),
      undefined,
    );
    let requests = 0;
    for (let asked = jobs.next(); asked !== undefined; asked = jobs.next()) {
      requests++;
      jobs.placed(asked, 5001);
    }
    expect(requests).toBe(6);
  });
});
