import { describe, expect, it } from 'vitest';
import { judgeTime, type TimeInputs } from '../../src/lifecycle/plan-time.js';

/** The window of mainnet: 500 blocks of 6 s, 50 minutes. */
function judge(changes: Partial<TimeInputs>) {
  return judgeTime({
    nodeCount: 2,
    atATime: 4,
    loadTime: { seconds: 1800, isMeasured: false },
    window: 500,
    blocksToPoc: 1500,
    msPerBlock: 6000,
    downloads: [],
    isLastEpoch: true,
    ...changes,
  });
}
const download = (id: string, leftS: number | null) => ({ id, status: 'DOWNLOADING', leftS });

describe('the time before PoC', () => {
  it('is enough for loads that go on side by side', () => {
    expect(judge({})).toEqual({ obstacles: [], warnings: [] });
  });

  it('is not enough for a load that is longer than the window, or for two of them in turn', () => {
    const measured = { seconds: 3600, isMeasured: true };
    expect(judge({ loadTime: measured }).obstacles).toEqual([
      'the deploy window has 500 blocks, and a load takes 600 (measured)',
    ]);
    expect(judge({ nodeCount: 5 })).toMatchObject({
      obstacles: [],
      warnings: [expect.stringContaining('2 loads one after the other take 300 (load_time) each')],
    });
  });

  it('must hold download, load and validation of one node at least', () => {
    // 9000 s to PoC, 1800 s for a load.
    expect(judge({ downloads: [download('a', 7200), download('b', null)] })).toEqual({
      obstacles: [],
      warnings: [],
    });
    const late = [download('a', 7201), download('b', 10_000)];
    expect(judge({ downloads: late.slice(0, 1) })).toMatchObject({
      obstacles: [],
      warnings: [expect.stringMatching(/^a cannot be switched/)],
    });
    expect(judge({ downloads: late }).obstacles).toHaveLength(2);
    expect(judge({ downloads: late, isLastEpoch: false })).toMatchObject({
      obstacles: [],
      warnings: [expect.any(String), expect.any(String)],
    });
  });
});
