import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Forecast, forecastPreEligibility } from '../../src/chain/forecast.js';
import { readParams, requireModelParams } from '../../src/chain/params.js';
import { readParticipants } from '../../src/chain/participants.js';
import { preEligibilityJson, readEventAt } from '../../src/chain/pre-eligibility-event.js';
import { makeBlock } from '../../src/simulator/chain/advance.js';
import type { ChainScript } from '../../src/simulator/chain/chain.js';
import { addressOf, KIMI, useChains } from '../support/chain.js';

const simulate = useChains();
const signal = new AbortController().signal;

async function forecast(url: string, options: Partial<Parameters<typeof forecastPreEligibility>[4]> = {}) {
  const params = await readParams(url);
  const { participants } = await readParticipants(url);
  return await forecastPreEligibility(url, requireModelParams(params, KIMI), params, participants, {
    concurrency: 8,
    maxWaitMs: 20_000,
    signal,
    ...options,
  });
}

/** Any network of up to ten hosts, some of them excluded, without seed or weight. */
const anyScript: fc.Arbitrary<ChainScript> = fc
  .record({
    hosts: fc.array(
      fc.record({
        weight: fc.oneof(
          fc.constant(0n),
          fc.bigInt({ min: 1n, max: 30n }),
          fc.bigInt({ min: 2n ** 53n, max: 2n ** 62n }),
        ),
        seed: fc.nat(9).map((roll) => roll > 0),
        excluded: fc.nat(9).map((roll) => roll === 0),
        pick: fc.nat(6),
        to: fc.nat(9),
      }),
      { maxLength: 10 },
    ),
    vMin: fc.integer({ min: 0, max: 4 }),
    percent: fc.integer({ min: 0, max: 70 }),
    newShape: fc.boolean(),
  })
  .map(({ hosts, vMin, percent, newShape }) => ({
    newShape,
    params: { vMin, wThreshold: { value: String(percent), exponent: -2 } },
    hosts: hosts.map(({ weight, seed, excluded }, index) => ({ name: `h${index}`, weight, seed, excluded })),
    choices: Object.fromEntries(
      hosts.flatMap(({ pick, to }, index): [string, 'intent' | 'refusal' | { delegateTo: string }][] => {
        if (pick < 3) return [[`h${index}`, 'intent']];
        if (pick < 5) return [[`h${index}`, { delegateTo: `h${to}` }]];
        return pick === 5 ? [[`h${index}`, 'refusal']] : [];
      }),
    ),
  }));

describe('forecast', () => {
  it('is what the chain then says at the snapshot, whatever the network', async () => {
    await fc.assert(
      fc.asyncProperty(anyScript, async (script) => {
        const { url, chain } = await simulate(script);
        const { judged, skipped } = await forecast(url);
        expect(skipped).toEqual([]);
        const snapshot = chain.pocStartHeight + chain.params.epochLength - chain.params.deployWindow;
        while (chain.height < snapshot) makeBlock(chain, new Date());
        const answer = await readEventAt(url, KIMI, snapshot);
        expect(answer).toMatchObject({
          kind: 'event',
          event: { modelId: KIMI, snapshotHeight: snapshot, ...judged },
        });
      }),
      { numRuns: 40 },
    );
  });

  it('shows a host that cannot be read with its weight, and what totals can be', async () => {
    const { url, faults } = await simulate();
    faults.broken = `poc_delegation/(?:${addressOf('host2')})`;
    const { judged, atMost, skipped } = await forecast(url);
    expect(skipped).toEqual([
      { address: addressOf('host2'), weight: 2000n, reason: expect.stringMatching(/HTTP 503/) },
    ]);
    expect(judged).toMatchObject({
      intentWeight: 1600n,
      reachableVotingPower: 2400n,
      totalNetworkWeight: 9000n,
    });
    expect(atMost).toMatchObject({
      intentWeight: 3600n,
      reachableVotingPower: 5600n,
      totalNetworkWeight: 9000n,
    });
  });

  it('gets through to everybody behind a limit, slowing down', async () => {
    const hosts = Array.from({ length: 60 }, (_, index) => ({ name: `h${index}`, weight: index + 1 }));
    const { url } = await simulate({
      hosts,
      choices: { h59: 'intent' },
      faults: { perMinute: 900, burst: 20 },
    });
    const seen: Forecast[] = [];
    const { judged, skipped } = await forecast(url, { onProgress: (soFar) => seen.push(soFar) });
    expect(skipped).toEqual([]);
    expect(judged.intentWeight).toBe(60n);
    expect(seen).toHaveLength(60);
    // The heaviest come first, and every step narrows the range.
    expect(seen[0]?.members).toHaveLength(1);
    for (const [index, soFar] of seen.slice(1).entries())
      expect(soFar.atMost.intentWeight).toBeLessThanOrEqual((seen[index] as Forecast).atMost.intentWeight);
  });

  it('gives up what is missing when the time is over, and says so', async () => {
    const { url, faults } = await simulate();
    faults.broken = 'poc_delegation';
    const { skipped } = await forecast(url, { maxWaitMs: 300 });
    expect(skipped).toHaveLength(8);
    expect(skipped[0]?.reason).toBe('not read within 0.3 s');
  });

  it('keeps intents without weight apart', async () => {
    const { url } = await simulate({
      hosts: [
        { name: 'a', weight: 5 },
        { name: 'b', weight: 0 },
      ],
      choices: { a: 'intent', b: 'intent' },
    });
    const { judged, zeroWeightIntents } = await forecast(url);
    expect(judged.intentHostCount).toBe(1);
    expect(zeroWeightIntents).toEqual([addressOf('b')]);
  });

  it('names its figures as the event does', async () => {
    const { url } = await simulate();
    expect(preEligibilityJson((await forecast(url)).judged)).toEqual({
      pre_eligible: false,
      meets_weight_threshold: true,
      meets_v_min: false,
      meets_reachability: false,
      intent_host_count: 2,
      intent_weight: '3600',
      reachable_voting_power: '5600',
      total_network_weight: '9000',
    });
  });
});
