import { describe, expect, it } from 'vitest';
import { readEpochs } from '../../src/chain/epochs.js';
import { readGovernanceModels } from '../../src/chain/models.js';
import { readChainStatTest, readParams } from '../../src/chain/params.js';
import { readParticipants } from '../../src/chain/participants.js';
import { isAskedAgain } from '../../src/chain/read.js';
import { HttpFault } from '../../src/http/fault.js';
import { KIMI, useChains } from '../support/chain.js';

const simulate = useChains();

describe.each([
  ['older', false],
  ['newer', true],
])('network node in its %s shape', (_name, newShape) => {
  it('tells the epoch', async () => {
    const { url, chain } = await simulate({ newShape });
    expect(await readEpochs(url)).toEqual({
      blockHeight: chain.height,
      epoch: { index: 250, pocStartHeight: 3_874_196 },
      phase: 'Inference',
      stages: {
        pocStart: 3_874_196,
        pocGenerationEnd: 3_874_208,
        pocValidationStart: 3_874_209,
        pocValidationEnd: 3_874_221,
        setNewValidators: 3_874_222,
        nextPocStart: 3_874_496,
      },
      epochLength: 300,
      isConfirmationPocActive: false,
    });
  });

  it('tells the participants without losing a digit', async () => {
    const { url } = await simulate({
      newShape,
      hosts: [
        { name: 'big', weight: 2n ** 53n + 1n },
        { name: 'none', weight: 0 },
        { name: 'seedless', seed: false },
        { name: 'out', excluded: true },
      ],
    });
    const { participants } = await readParticipants(url);
    expect(participants.map(({ weight, hasSeed, excluded }) => ({ weight, hasSeed, excluded }))).toEqual([
      { weight: 9_007_199_254_740_993n, hasSeed: true, excluded: false },
      { weight: 0n, hasSeed: true, excluded: false },
      { weight: 1000n, hasSeed: false, excluded: false },
      { weight: 1000n, hasSeed: true, excluded: true },
    ]);
  });
});

describe('chain REST', () => {
  it('gives each scheme its own thresholds from v0.2.17 on', async () => {
    const { url } = await simulate({ version: 'v0.2.17' });
    expect(await readChainStatTest(url, KIMI)).toMatchObject({ dist_threshold: 0.4 });
    expect(await readChainStatTest(url, KIMI, 'decode')).toMatchObject({ dist_threshold: 0.03 });
  });

  it('gives parameters with exact decimals', async () => {
    const { url } = await simulate({
      params: { wThreshold: { value: '333333333333333333333', exponent: -21 } },
    });
    const params = await readParams(url);
    expect(params.delegation.wThreshold.toFixed()).toBe('0.333333333333333333333');
    expect(params.delegation.refusalPenalty.toFixed()).toBe('0.1');
    expect(params.models.map(({ modelId }) => modelId)).toContain(KIMI);
    // Absent: told elsewhere, and never one by itself.
    expect(params.models.every(({ weightScaleFactor }) => weightScaleFactor === null)).toBe(true);
  });

  it('gives the thresholds of a validation, and names the models where one is not there', async () => {
    const { url } = await simulate();
    expect(await readChainStatTest(url, KIMI)).toEqual({
      dist_threshold: 0.4,
      p_mismatch: 0.1,
      fraud_threshold: 0.05,
    });
    await expect(readChainStatTest(url, KIMI, 'decode')).rejects.toThrow(
      /no statistical test .* in the decode/,
    );
    await expect(readChainStatTest(url, 'no/model')).rejects.toThrow(/not in the chain's PoC parameters/);
    expect((await readGovernanceModels(url)).map(({ id }) => id)).toContain(KIMI);
  });

  it('asks again while the proxy refuses, and not when it gets a page', async () => {
    const { url, faults } = await simulate();
    faults.refuse = 2;
    expect((await readEpochs(url)).phase).toBe('Inference');
    faults.html = 1;
    await expect(readEpochs(url)).rejects.toThrow(/HTML page/);
  });
});

describe('a network node that keeps silent', () => {
  const silent = new HttpFault('timed_out', 'no answer within 20 s');

  it('is asked twice, so that a command ends within a minute', () => {
    expect(isAskedAgain(silent, 0, 20_000)).toBe(true);
    expect(isAskedAgain(silent, 1, 40_250)).toBe(false);
  });

  it('is asked again soon after an overload, and not long after', () => {
    const busy = new HttpFault('failing', 'HTTP 503', { status: 503 });
    expect(isAskedAgain(busy, 4, 8_000)).toBe(true);
    expect(isAskedAgain(busy, 4, 31_000)).toBe(false);
    expect(isAskedAgain(new HttpFault('absent', 'HTTP 404', { status: 404 }), 0, 0)).toBe(false);
  });
});
