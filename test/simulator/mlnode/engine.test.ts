import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Engine, type Work } from '../../../src/simulator/mlnode/engine.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
});
afterEach(() => vi.useRealTimers());

function recording(name: string, batches: number, log: string[], ends: number[] = []): Work {
  return {
    batches,
    onBatch: (index) => log.push(`${name}${index}`),
    onDone: (at) => ends.push(at),
  };
}

describe('the engine of a replica', () => {
  it('ends batch k of a work at its start plus k batch times, however late the timers fire', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0.2, max: 50, noNaN: true }),
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 60 }),
        (batches, batchTimeMs, steps) => {
          const engine = new Engine(batchTimeMs);
          const start = performance.now();
          const ends: number[] = [];
          const log: string[] = [];
          engine.start(recording('', batches, log, ends));
          let passed = 0;
          for (const step of steps) {
            passed += step;
            engine.advance(start + passed);
            expect(log).toHaveLength(Math.min(batches, completed(passed, batchTimeMs, batches)));
          }
          engine.advance(start + batches * batchTimeMs + 1);
          expect(ends).toHaveLength(1);
          expect(ends[0]).toBeCloseTo(start + batches * batchTimeMs, 6);
          engine.reset();
        },
      ),
    );
  });

  it('lets works take turns', async () => {
    const engine = new Engine(10);
    const log: string[] = [];
    engine.start(recording('a', 3, log));
    engine.start(recording('b', 2, log));
    await vi.advanceTimersByTimeAsync(50);
    expect(log).toEqual(['a0', 'b0', 'a1', 'b1', 'a2']);
  });

  it('starts what follows without a gap', async () => {
    const engine = new Engine(10);
    const ends: number[] = [];
    const start = performance.now();
    engine.start({
      batches: 2,
      onBatch() {},
      onDone: (at) => engine.start(recording('', 3, [], ends), at),
    });
    await vi.advanceTimersByTimeAsync(60);
    expect(ends).toEqual([start + 50]);
  });

  it('begins no batch while held, and ends the one under way', async () => {
    const engine = new Engine(10);
    const log: string[] = [];
    engine.start(recording('a', 3, log));
    await vi.advanceTimersByTimeAsync(5);
    engine.hold();
    await vi.advanceTimersByTimeAsync(100);
    expect(log).toEqual(['a0']);
    engine.release();
    await vi.advanceTimersByTimeAsync(20);
    expect(log).toEqual(['a0', 'a1', 'a2']);
  });

  it('computes a dropped work no further', async () => {
    const engine = new Engine(10);
    const log: string[] = [];
    const dropped = recording('a', 3, log);
    engine.start(dropped);
    engine.start(recording('b', 2, log));
    await vi.advanceTimersByTimeAsync(25);
    engine.drop(dropped);
    await vi.advanceTimersByTimeAsync(100);
    expect(log).toEqual(['a0', 'b0', 'b1']);
  });

  it('is done at once with nothing to do', () => {
    const ends: number[] = [];
    new Engine(10).start(recording('', 0, [], ends));
    expect(ends).toEqual([performance.now()]);
  });
});

/** Batches whose end has come, their ends summed up as the engine does. */
function completed(passed: number, batchTimeMs: number, limit: number): number {
  const start = performance.now();
  let end = start + batchTimeMs;
  let count = 0;
  while (end <= start + passed && count < limit) {
    count++;
    end += batchTimeMs;
  }
  return count;
}
