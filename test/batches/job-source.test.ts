import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everyReplicaJobs, spreadJobs } from '../../src/batches/job-source.js';
import { type Batch, planBatches } from '../../src/batches/plan.js';

describe('every batch on every replica', () => {
  const ports = [5001, 5002, 5003];

  /** Plays a node that hands requests out by `turn`, and gathers who got what. */
  function play(batches: Batch[], turn: (request: number) => number) {
    const jobs = everyReplicaJobs(batches);
    jobs.inRotation?.(ports);
    const had = new Map(ports.map((port) => [port, [] as number[]]));
    let requests = 0;
    for (let batch = jobs.next(); batch !== undefined; batch = jobs.next()) {
      const port = ports[turn(requests++) % ports.length] as number;
      if (jobs.placed(batch, port)) had.get(port)?.push(batch.index);
    }
    return { had, requests };
  }

  it('needs no request too many where the node goes round in turn', () => {
    const { had, requests } = play(planBatches(200, 32), (request) => request);
    expect(requests).toBe(21);
    for (const indices of had.values()) expect(indices.sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('gives up on a replica that the node never chooses', () => {
    const { had, requests } = play(planBatches(200, 32), (request) => request % 2);
    expect(had.get(5003)).toEqual([]);
    expect(had.get(5001)).toHaveLength(7);
    expect(requests).toBeLessThanOrEqual(21 + 3 * 21);
  });

  it('never counts a batch twice on a replica, whatever the node chooses', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.nat(2), { minLength: 1 }), (count, turns) => {
        const { had } = play(planBatches(count, 1), (request) => turns[request % turns.length] as number);
        for (const indices of had.values()) expect(new Set(indices).size).toBe(indices.length);
      }),
    );
  });

  it('is not to be had from a node that tells no replicas apart', () => {
    const jobs = everyReplicaJobs(planBatches(200, 32));
    jobs.inRotation?.(ports);
    const batch = jobs.next() as Batch;
    expect(() => jobs.placed(batch, null)).toThrow(/does not report which replica/);
  });

  it('asks again for what came to nothing, and no more for what is lost', () => {
    const batches = planBatches(1, 1);
    const jobs = everyReplicaJobs(batches);
    jobs.inRotation?.([5001]);
    const batch = jobs.next() as Batch;
    jobs.placed(batch, 5001);
    expect(jobs.next()).toBeUndefined();
    jobs.giveBack(batch, 5001);
    expect(jobs.next()).toBe(batch);
    jobs.giveUp(batch, null);
    expect(jobs.next()).toBeUndefined();
  });
});

describe('each batch once', () => {
  it('goes in order, a batch that came to nothing first', () => {
    const jobs = spreadJobs(planBatches(3, 1));
    const first = jobs.next() as Batch;
    expect(jobs.next()?.index).toBe(1);
    jobs.giveBack(first, 5001);
    expect(jobs.next()?.index).toBe(0);
    expect(jobs.next()?.index).toBe(2);
    expect(jobs.next()).toBeUndefined();
  });
});
