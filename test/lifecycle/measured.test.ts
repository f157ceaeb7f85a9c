import { describe, expect, it } from 'vitest';
import type { LifecycleEntry } from '../../src/lifecycle/entries.js';
import { whyTooLate } from '../../src/lifecycle/forecast-downloads.js';
import { downloadLeftS, measuredIn, sizeOfWeights } from '../../src/lifecycle/measured.js';

/** Seconds into the run. */
const at = (seconds: number) => new Date(seconds * 1000).toISOString();
const begin = (
  id: string,
  seconds: number,
  cacheGb: number | null,
  rest: { status?: string; elapsedS?: number } = {},
): LifecycleEntry => ({
  at: at(seconds),
  act: 'download',
  stage: 'begin',
  id,
  status: 'NOT_FOUND',
  elapsedS: 0,
  cacheGb,
  ...rest,
});
const end = (id: string, seconds: number, cacheGb: number | null, isSeen = true): LifecycleEntry => ({
  at: at(seconds),
  act: 'download',
  stage: 'end',
  id,
  cacheGb,
  isSeen,
});

function left(entries: LifecycleEntry[], id: string, seconds: number, cacheGb: number | null, told?: number) {
  return downloadLeftS(measuredIn(entries), id, { at: seconds * 1000, cacheGb }, told);
}

describe('what is left of a download', () => {
  it('follows from its own speed, where the host file tells the size', () => {
    // 300 GB in 100 s, of 600.
    expect(left([begin('a', 0, 50)], 'a', 100, 350, 600)).toBe(100);
    expect(left([begin('a', 0, 50)], 'a', 100, 350)).toBeNull();
    expect(left([begin('a', 0, 50)], 'a', 1, 50, 600)).toBeNull();
  });

  it('follows from the size that another node has fetched, and of the slowest for one that has not begun', () => {
    const entries = [begin('a', 0, 50), begin('b', 0, 0), end('a', 200, 650), begin('c', 0, 0)];
    expect(left(entries, 'b', 100, 200)).toBe(200);
    expect(left(entries, 'd', 200, 0)).toBe(200);
    const slow = [...entries, end('c', 600, 600)];
    expect(left(slow, 'd', 600, 0)).toBe(600);
  });

  it('takes no size from a download of which a part was there, or which was not seen from its begin', () => {
    const part = [begin('a', 0, 300, { status: 'PARTIAL' }), end('a', 100, 600)];
    expect(sizeOfWeights(measuredIn(part), undefined)).toBeNull();
    const late = [begin('a', 0, 300, { status: 'DOWNLOADING', elapsedS: 500 }), end('a', 100, 600)];
    expect(sizeOfWeights(measuredIn(late), undefined)).toBeNull();
    expect(sizeOfWeights(measuredIn(late), 600)).toBe(600);
  });

  it('follows from the time of another node, where none tells of its cache', () => {
    const entries = [begin('a', 100, null, { status: 'DOWNLOADING', elapsedS: 100 }), end('a', 400, null)];
    expect(left(entries, 'b', 400, null)).toBe(400);
    expect(left([...entries, begin('b', 100, null)], 'b', 400, null)).toBe(100);
    // Longer than any other: nobody knows.
    expect(left([...entries, begin('b', 100, null)], 'b', 900, null)).toBeNull();
    expect(left([], 'a', 0, null)).toBeNull();
    // It ended while nobody looked.
    expect(left([begin('a', 0, null), end('a', 400, null, false)], 'b', 400, null)).toBeNull();
  });

  it('is too late when load and validation do not fit behind it any more', () => {
    expect([whyTooLate(100, 50, 150), whyTooLate(null, 50, 10)]).toEqual([undefined, undefined]);
    expect(whyTooLate(100, 51, 150)).toMatch(/its weights need 2 min more, .* 51 s, and PoC starts in 3 min/);
  });
});

describe('a measured load', () => {
  it('is the longest of the run', () => {
    expect(measuredIn([]).loadS).toBeNull();
    const loads = [200, 300, 100].map(
      (seconds): LifecycleEntry => ({ at: at(0), act: 'load', id: 'a', seconds }),
    );
    expect(measuredIn(loads).loadS).toBe(300);
  });
});
