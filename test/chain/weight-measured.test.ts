import { describe, expect, it } from 'vitest';
import type { Epochs } from '../../src/chain/epochs.js';
import {
  type Moment,
  requireUnmeasured,
  WeightMeasured,
  weightGuard,
  whyNotAt,
} from '../../src/chain/weight-measured.js';
import { useChains } from '../support/chain.js';

const simulate = useChains();
const act = (takesMs: number) => ({ what: 'probe', takesMs });

/** Blocks of 6 s, so many before the next PoC. */
function moment(
  blocksLeft: number,
  epochs: Partial<Epochs> = {},
  pace: Partial<Moment['pace']> = {},
): Moment {
  const height = 1000 - blocksLeft;
  return {
    epochs: {
      ...{
        blockHeight: height,
        epoch: { index: 1, pocStartHeight: 0 },
        phase: 'Inference',
        epochLength: 1000,
      },
      stages: { nextPocStart: 1000 } as Epochs['stages'],
      isConfirmationPocActive: false,
      ...epochs,
    },
    pace: { height, time: new Date(0), msPerBlock: 6000, catchingUp: false, ...pace },
    readAt: 0,
  };
}

describe('the margin before the next PoC', () => {
  it('is the time of the act and the blocks of margin', () => {
    const spared = { ...act(60_000), spareBlocks: 10 };
    expect(whyNotAt(moment(21), spared, 0)).toBeNull();
    expect(whyNotAt(moment(20), spared, 0)).toMatch(/in 20 blocks .*takes 60 s, with 10 blocks of margin/);
  });

  it('is what the user says, in blocks', () => {
    const wanted = { ...act(600_000), marginBlocks: 5 };
    expect(whyNotAt(moment(5), wanted, 0)).toBeNull();
    expect(whyNotAt(moment(4), wanted, 0)).toMatch(/in 4 blocks, fewer than the 5 .*--poc-margin/);
    expect(whyNotAt(moment(-4), { ...wanted, marginBlocks: 0 }, 0)).toContain('the next PoC has started');
    expect(whyNotAt(moment(0), act(0), 0)).toContain('the next PoC has started');
    expect(whyNotAt(moment(5, { phase: 'PoCGenerate' }), wanted, 0)).toContain('PoCGenerate');
  });
});

describe('an act on a node', () => {
  it.each<[string, Moment, number, number, RegExp | null]>([
    ['fits', moment(100), 95_000, 0, null],
    ['fits with one block to spare, which may come at once', moment(17), 96_000, 0, null],
    [
      'does not fit',
      moment(16),
      96_000,
      0,
      /next PoC starts in 16 blocks \(90 s\), and the probe takes 96 s/,
    ],
    ['does not fit any more, as time goes on', moment(17), 96_000, 1000, /takes 96 s/],
    ['is short, four blocks before PoC', moment(4), 95_000, 0, /in 4 blocks \(18 s\)/],
    ['is for no moment of PoC', moment(100, { phase: 'PoCGenerate' }), 0, 0, /phase PoCGenerate/],
    [
      'is for none of its validation',
      moment(100, { phase: 'PoCValidateWindDown' }),
      0,
      0,
      /PoCValidateWindDown/,
    ],
    ['is for none that nobody knows', moment(100, { phase: 'SomethingNew' }), 0, 0, /phase SomethingNew/],
    ['is for no confirmation PoC', moment(100, { isConfirmationPocActive: true }), 0, 0, /confirmation PoC/],
    ['is not judged by old news', moment(100, {}, { catchingUp: true }), 0, 0, /catching up/],
    ['goes by the newer of two heights', moment(100, {}, { height: 998 }), 10_000, 0, /in 2 blocks/],
  ])('%s', (_name, at, takesMs, now, why) => {
    const found = whyNotAt(at, act(takesMs), now);
    if (why === null) expect(found).toBeNull();
    else expect(found).toMatch(why);
  });
});

describe('the guard', () => {
  it('asks no more than once in a block or so', async () => {
    const { url, requestCount } = await simulate({ height: 3_874_226 });
    const guard = weightGuard(url);
    expect(await guard.whyNot(act(0))).toBeNull();
    const asked = requestCount();
    await Promise.all(Array.from({ length: 50 }, () => guard.whyNot(act(0))));
    expect(requestCount()).toBe(asked);
  });

  it('sees a phase come', async () => {
    const { url, chain } = await simulate({ blockTimeMs: 400, height: 3_874_226 });
    const guard = weightGuard(url);
    expect(await guard.whyNot(act(0))).toBeNull();
    chain.phaseOverride = 'PoCGenerate';
    await expect.poll(() => guard.whyNot(act(0)), { timeout: 10_000 }).toMatch(/phase PoCGenerate/);
    await expect(requireUnmeasured(guard, act(0))).rejects.toThrow(WeightMeasured);
  });

  it('is not content with a network node that says nothing', async () => {
    const { url, faults } = await simulate({ faults: { broken: '.' } });
    const signal = AbortSignal.timeout(300);
    await expect(weightGuard(url).whyNot(act(0), signal)).rejects.toThrow();
    faults.broken = '/v1/epochs';
    faults.html = 100;
    expect(await weightGuard(url).whyNot(act(0))).toMatch(/it is not known whether the weight/);
  });

  it('bridges a short silence by what it knows of the next PoC', async () => {
    const { url, faults } = await simulate({ blockTimeMs: 300, height: 3_874_226 });
    const guard = weightGuard(url);
    expect(await guard.whyNot(act(0))).toBeNull();
    faults.html = 1000;
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await guard.whyNot(act(0))).toBeNull();
    expect(await guard.whyNot(act(3600_000))).toMatch(/the probe takes 3600 s/);
  });
});
