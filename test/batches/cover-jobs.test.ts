import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coverJobs } from '../../src/batches/cover-jobs.js';
import { enoughNonces, planBatches } from '../../src/batches/plan.js';

const portsOf = (replicas: number) => Array.from({ length: replicas }, (_, index) => 5001 + index);

/** Plays a node that gives each request to the replica that `turn` names, with so many requests under way. */
function play(
  count: number,
  batchSize: number,
  replicas: number,
  turn: (request: number) => number,
  underWay = 2 * replicas,
) {
  const batches = planBatches(count, batchSize);
  const jobs = coverJobs(batches, enoughNonces(count));
  jobs.inRotation?.(portsOf(replicas));
  const had = new Map(portsOf(replicas).map((port) => [port, [] as number[]]));
  const order: number[] = [];
  let requests = 0;
  for (;;) {
    const asked = [];
    while (asked.length < underWay) {
      const batch = jobs.next();
      if (batch === undefined) break;
      asked.push(batch);
    }
    if (asked.length === 0) break;
    for (const batch of asked) {
      const port = 5001 + (turn(requests++) % replicas);
      if (!jobs.placed(batch, port)) continue;
      had.get(port)?.push(batch.index);
      order.push(batch.index);
    }
  }
  const nonces = (port: number) =>
    (had.get(port) ?? []).reduce((sum, index) => sum + (batches[index]?.count ?? 0), 0);
  return { batches, had, requests, order, nonces };
}

describe('each batch once, and every replica tested', () => {
  it('without a question further where the plan reaches every replica', () => {
    const { requests } = play(200, 32, 2, (request) => request);
    expect(requests).toBe(7);
  });

  it('asks one batch of each of eight replicas where the reference has one', () => {
    const { requests, had } = play(32, 32, 8, (request) => request);
    expect(requests).toBe(8);
    expect([...had.values()]).toEqual(Array(8).fill([0]));
  });

  it('reaches the eighth replica with seven batches', () => {
    const { had, requests } = play(200, 32, 8, (request) => request);
    for (const indices of had.values()) expect(indices.length).toBeGreaterThan(0);
    // The last batch of the plan is not full, so its replica gets another one.
    expect(requests).toBeLessThanOrEqual(2 * 8 + 1);
  });

  it('asks several small batches until 32 nonces have come from each', () => {
    const { nonces } = play(200, 8, 16, (request) => request);
    for (const port of portsOf(16)) expect(nonces(port)).toBeGreaterThanOrEqual(32);
  });

  it('never gives a replica a batch twice, stays within its requests, and covers what a fair node lets it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 90 }),
        fc.constantFrom(1, 8, 32),
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.nat(20), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 8 }),
        (count, size, replicas, turns, underWay) => {
          const { batches, had, requests, order } = play(
            count,
            size,
            replicas,
            (request) => turns[request % turns.length] as number,
            underWay,
          );
          for (const indices of had.values()) expect(new Set(indices).size).toBe(indices.length);
          const each = Math.ceil(Math.min(32, count) / Math.min(size, count));
          expect(requests).toBeLessThanOrEqual(3 * Math.max(batches.length, replicas * each));
          expect(new Set(order).size).toBe(batches.length);
          const fair = play(count, size, replicas, (request) => request, underWay);
          for (const port of portsOf(replicas))
            expect(fair.nonces(port)).toBeGreaterThanOrEqual(Math.min(32, count));
        },
      ),
    );
  });

  it('waits for a replica that left before it had enough, and asks a newcomer', () => {
    const batches = planBatches(200, 32);
    const jobs = coverJobs(batches, 32);
    jobs.inRotation?.([5001, 5002]);
    jobs.inRotation?.([5001]);
    for (let batch = jobs.next(); batch !== undefined; batch = jobs.next()) jobs.placed(batch, 5001);
    expect(jobs.isWaiting?.()).toBe(true);
    jobs.inRotation?.([5001, 5002, 5003]);
    for (const port of [5002, 5003]) {
      const batch = jobs.next();
      expect(batch?.count).toBe(32);
      jobs.placed(batch as never, port);
    }
    expect(jobs.next()).toBeUndefined();
    expect(jobs.isWaiting?.()).toBe(false);
  });

  it('lets another replica compute what one lost, and still wants that one tested', () => {
    const batches = planBatches(64, 32);
    const jobs = coverJobs(batches, 32);
    jobs.inRotation?.([5001, 5002]);
    const [first, second] = [jobs.next(), jobs.next()] as [never, never];
    jobs.placed(first, 5001);
    jobs.placed(second, 5002);
    jobs.giveBack(second, 5002);
    expect(jobs.next()).toBe(second);
    jobs.placed(second, 5001);
    // 5002 has nothing yet.
    const further = jobs.next();
    expect(further).toBeDefined();
    jobs.placed(further as never, 5002);
    expect(jobs.next()).toBeUndefined();
  });

  it('without a question further of a node that names no replica', () => {
    const jobs = coverJobs(planBatches(32, 32), 32);
    jobs.inRotation?.([5001, 5002]);
    jobs.placed(jobs.next() as never, null);
    expect(jobs.next()).toBeUndefined();
  });

  it('goes on from what an earlier part of the run has', () => {
    const batches = planBatches(64, 32);
    const measured = batches.map((batch) => ({ batch, replica: 5001 }));
    const jobs = coverJobs(batches, 32, measured);
    jobs.inRotation?.([5001, 5002]);
    expect(jobs.next()).toBeDefined();
  });
});
