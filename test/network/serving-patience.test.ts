import { describe, expect, it } from 'vitest';
import type { Serving } from '../../src/network/serving.js';
import { createPatience } from '../../src/network/serving-patience.js';

const serving = (text = '2 replicas'): Serving => ({ status: 'serving', text });
const waiting: Serving = { status: 'waiting', text: 'loading', advice: 'wait' };
const failed: Serving = { status: 'failed', text: 'oom' };
const options = { timeoutMs: 100_000, restarts: false, statusBefore: 't0' };

describe('patience with a node', () => {
  it('believes replicas once their number is steady', () => {
    const judge = createPatience(options);
    expect(judge(serving('1 replica'), 't0', 0).status).toBe('waiting');
    expect(judge(serving('2 replicas'), 't0', 1).status).toBe('waiting');
    expect(judge(serving('2 replicas'), 't0', 2)).toEqual(serving('2 replicas'));
  });

  it('believes a failure once it has stayed', () => {
    const judge = createPatience(options);
    expect(judge(failed, 't1', 0).status).toBe('waiting');
    expect(judge(waiting, 't1', 4_000).status).toBe('waiting');
    expect(judge(failed, 't1', 6_000).status).toBe('waiting');
    expect(judge(failed, 't1', 10_999).status).toBe('waiting');
    expect(judge(failed, 't1', 11_000)).toMatchObject({ status: 'failed', text: 'will not serve: oom' });
  });

  it('leaves a node to its first PoC, and does not call it failed', () => {
    const awaits: Serving = { status: 'awaits_poc', text: 'waits' };
    const judge = createPatience({ ...options, timeoutMs: 3_600_000 });
    expect(judge(awaits, 't1', 0).status).toBe('waiting');
    expect(judge(waiting, 't1', 119_000).status).toBe('waiting');
    expect(judge(awaits, 't1', 120_000).status).toBe('waiting');
    expect(judge(awaits, 't1', 239_999).status).toBe('waiting');
    expect(judge(awaits, 't1', 240_000)).toEqual(awaits);
    expect(createPatience({ ...options, timeoutMs: 9 })(awaits, 't1', 9)).toEqual(awaits);
  });

  it('ends with the time, with what was seen last and its advice', () => {
    const judge = createPatience(options);
    expect(judge(waiting, 't0', 99_999).status).toBe('waiting');
    expect(judge(waiting, 't0', 100_000)).toEqual({
      status: 'failed',
      text: 'does not serve after 100 s: loading',
      advice: 'wait',
    });
  });

  it('wants to see a restart where only arguments change, by a gap or by a new status', () => {
    const byGap = createPatience({ ...options, restarts: true });
    for (const at of [0, 1, 2]) expect(byGap(serving(), 't0', at).status).toBe('waiting');
    byGap(waiting, 't0', 3);
    byGap(serving(), 't0', 4);
    expect(byGap(serving(), 't0', 5)).toEqual(serving());

    const byStatus = createPatience({ ...options, restarts: true });
    byStatus(serving(), 't1', 0);
    expect(byStatus(serving(), 't1', 1)).toEqual(serving());

    const never = createPatience({ ...options, restarts: true });
    never(serving(), 't0', 0);
    expect(never(serving(), 't0', 20_000)).toMatchObject({
      status: 'serving',
      text: expect.stringContaining('no restart was seen'),
    });
  });
});
