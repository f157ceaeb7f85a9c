import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LookPace, Looks } from '../../src/batches/looks.js';

/**
 * Follows a replica that takes `batchMs` a batch, two requests queued, over a fake clock; returns looks and lag
 * of each batch.
 */
function follow(
  batchMs: number,
  batches: number,
  pace: LookPace = { batchMs: undefined, pendingMs: 0 },
): { looks: number; lagMs: number }[] {
  let freeAt = 0;
  let trueEnd = 0;
  const found: number[] = [];
  return Array.from({ length: batches }, (_, index) => {
    const queuedAt = found[index - 2] ?? 0;
    const looks = new Looks(pace, 1, Math.max(queuedAt, freeAt), Math.max(queuedAt, found[index - 1] ?? 0));
    trueEnd = Math.max(trueEnd, queuedAt) + batchMs;
    let now = found[index - 1] ?? 0;
    for (let count = 1; ; count++) {
      now += looks.nextIn(now);
      if (now >= trueEnd) {
        freeAt = looks.completed(now);
        found.push(now);
        return { looks: count, lagMs: now - trueEnd };
      }
      looks.pending(now);
    }
  });
}

describe('the pace of looks', () => {
  it('takes at most four looks a batch, once the first has shown the batch time', () => {
    fc.assert(
      fc.property(fc.double({ min: 20, max: 60_000, noNaN: true }), (batchMs) => {
        const batches = follow(batchMs, 40);
        const later = batches.slice(1);
        expect(later.reduce((sum, { looks }) => sum + looks, 0) / later.length).toBeLessThanOrEqual(4);
        expect(batches[0]?.looks).toBeLessThanOrEqual(60);
      }),
    );
  });

  it('finds a completion before the queued request behind it is done too', () => {
    fc.assert(
      fc.property(fc.double({ min: 20, max: 60_000, noNaN: true }), (batchMs) => {
        for (const { lagMs } of follow(batchMs, 40).slice(1))
          expect(lagMs).toBeLessThan(Math.max(batchMs, 15));
      }),
    );
  });

  it('finds the last of a long run within a few percent of a batch', () => {
    fc.assert(
      fc.property(fc.double({ min: 200, max: 20_000, noNaN: true }), (batchMs) => {
        expect(follow(batchMs, 40).at(-1)?.lagMs).toBeLessThanOrEqual(0.2 * batchMs);
      }),
    );
  });
});

describe('the last, smaller batch', () => {
  it('is found soon whether it costs its share of a full one, all of it, or something between', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 40, max: 60_000, noNaN: true }),
        fc.double({ min: 0.02, max: 0.98, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (batchMs, share, part) => {
          const looks = new Looks({ batchMs, pendingMs: 0 }, share, 0, 0);
          const end = batchMs * (share + part * (1 - share));
          let now = looks.nextIn(0);
          let count = 1;
          for (; now < end; count++) {
            looks.pending(now);
            now += looks.nextIn(now);
          }
          expect(count).toBeLessThanOrEqual(5);
          expect(now - end).toBeLessThanOrEqual(Math.max(10, (batchMs * (1 - share)) / 3) + 1e-6);
        },
      ),
    );
  });

  it('tells nothing of full ones', () => {
    const pace: LookPace = { batchMs: undefined, pendingMs: 0 };
    const looks = new Looks(pace, 0.25, 0, 0);
    looks.pending(25);
    looks.completed(100);
    expect(pace).toEqual({ batchMs: undefined, pendingMs: 0 });
  });
});

describe('an estimate that a busy machine has spoilt', () => {
  it('is not spoilt by a look that was never answered', () => {
    const pace: LookPace = { batchMs: 50, pendingMs: 40 };
    expect(new Looks(pace, 1, 0, 0).completed(20_000, false)).toBe(20_000);
    expect(pace).toEqual({ batchMs: 50, pendingMs: 40 });
  });

  it('finds back to the true batch time within a few batches', () => {
    const pace: LookPace = { batchMs: 2_000, pendingMs: 0 };
    const looks = follow(20, 12, pace);
    expect(looks.at(-1)?.lagMs).toBeLessThanOrEqual(15);
  });
});
