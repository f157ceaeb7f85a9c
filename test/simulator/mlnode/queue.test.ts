import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Engine } from '../../../src/simulator/mlnode/engine.js';
import { JobQueue, type QueuedJob } from '../../../src/simulator/mlnode/queue.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
});
afterEach(() => vi.useRealTimers());

/** A job of so many batches that notes when it ended. */
function job(batches: number, ends: number[] = []): QueuedJob {
  return {
    size: batches,
    work: (finish) => ({
      batches,
      onBatch() {},
      onDone(at) {
        ends.push(at);
        finish({ status: 'completed' }, at);
      },
    }),
  };
}

describe('the queue of a replica', () => {
  it('runs its jobs one after the other without a gap, even when nobody looks for a while', () => {
    const engine = new Engine(10);
    const queue = new JobQueue(engine, 1000);
    const start = performance.now();
    const ends: number[] = [];
    for (const batches of [3, 1, 2]) queue.add(job(batches, ends));
    engine.advance(start + 10_000);
    expect(ends).toEqual([start + 30, start + 40, start + 60]);
  });

  it('gives the engine free when it is cleared, after the batch under way', async () => {
    const engine = new Engine(10);
    const queue = new JobQueue(engine, 1000);
    queue.add(job(100));
    await vi.advanceTimersByTimeAsync(15);
    queue.clear();
    const start = performance.now();
    const ends: number[] = [];
    queue.add(job(2, ends));
    await vi.advanceTimersByTimeAsync(100);
    expect(ends).toEqual([start + 5 + 20]);
  });
});
