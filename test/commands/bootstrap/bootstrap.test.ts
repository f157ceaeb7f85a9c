import { describe, expect, it, vi } from 'vitest';
import type { ChainSimulatorOptions } from '../../../src/simulator/chain/server.js';
import { preEligibilityEvent } from '../../../src/simulator/chain/snapshot.js';
import { assay } from '../../support/assay.js';
import { addressOf, KIMI, useChains } from '../../support/chain.js';

const simulate = useChains();

/** Runs `assay bootstrap …` for Kimi K2.6 against a node. */
const bootstrap = (url: string, words: string, env: Record<string, string> = {}) => {
  const [command = '', ...rest] = words.split(' ');
  const model = command === 'timeline' ? [] : ['--model', KIMI];
  return assay(['bootstrap', command, ...model, '--node', url, ...rest], { env });
};

describe('bootstrap status', () => {
  it('tells heights, forecast, what is stored and what each choice costs', async () => {
    const { url } = await simulate();
    const { stdout, exitCode } = await bootstrap(url, `status --json --address ${addressOf('host4')}`);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      model_id: KIMI,
      epoch: 250,
      phase: 'Inference',
      chain_version: 'v0.2.16',
      heights: { epoch: 251, snapshot_height: 3_874_436, poc_start_height: 3_874_496 },
      params: { v_min: 3, w_threshold: '0.3', stat_test: { dist_threshold: '0.4' } },
      rules: { rule_set: 'launching-only', taken_from: 'reward' },
      last_event: { found: false, reason: 'no_event_yet' },
      forecast: {
        pre_eligible: false,
        intent_host_count: 2,
        intent_weight: '3600',
        reachable_voting_power: '5600',
        total_network_weight: '9000',
        missing: { intent_hosts: 1, intent_weight: '0', reachable_voting_power: '401' },
      },
      skipped: [],
      host: {
        address: addressOf('host4'),
        weight: '1200',
        stored: { kind: 'delegation', delegateTo: addressOf('host2') },
        stored_until_height: null,
        must_be_sent_again: false,
      },
    });
    const costs = Object.fromEntries(
      JSON.parse(stdout).host.costs.map((row: { standing: string }) => [row.standing, row]),
    );
    expect(costs.refusal).toMatchObject({
      not_pre_eligible: { charge: 'none', amount: '0' },
      pre_eligible_only: { charge: 'no_participation', fraction: '0.15', amount: '180' },
      eligible: { charge: 'refusal', fraction: '0.1', amount: '120' },
    });
    expect(costs.delegation_counts.eligible).toMatchObject({ charge: 'moved', amount: '60' });
  });

  it('adds what other models cost already, up to everything', async () => {
    const { url } = await simulate({
      models: [{ modelId: 'active/model', active: true }, { modelId: KIMI }],
      hosts: [
        { name: 'a', weight: 1000, models: ['active/model'] },
        { name: 'b', weight: 1000, models: [] },
      ],
      params: { noParticipationPenalty: { value: '60', exponent: -2 } },
    });
    const { stdout } = await bootstrap(url, `status --json --address ${addressOf('b')}`);
    const { host } = JSON.parse(stdout);
    expect(host.other_penalties).toEqual([{ model_id: 'active/model', fraction: '0.6' }]);
    const nothing = host.costs.find((row: { standing: string }) => row.standing === 'nothing');
    expect(nothing.eligible.amount).toBe('400');
  });

  it("prints the guide's own timeline, with its rules", async () => {
    const { url } = await simulate({ height: 3_873_000 });
    const { stdout } = await bootstrap(
      url,
      `status --json --snapshot-height 3873996 --poc-start-height 3874496 --address ${addressOf('host1')}`,
    );
    expect(JSON.parse(stdout)).toMatchObject({
      heights: { epoch: 251, snapshot_height: 3_873_996, poc_start_height: 3_874_496 },
      rules: { rule_set: 'guide', taken_from: 'weight' },
    });
    const text = await bootstrap(url, 'status --snapshot-height 3873996 --poc-start-height 3874496');
    expect(text.stdout).toMatch(/^snapshot +3873996, in \d+ blocks/m);
    expect(text.stdout).toMatch(/^PoC start +3874496, in \d+ blocks .*; epoch 251$/m);
  });

  it('says until when an intent lasts, and that it must be sent again', async () => {
    const inPoc = await simulate({ height: 3_874_200 });
    const { stdout } = await bootstrap(inPoc.url, `status --json --address ${addressOf('host2')}`);
    expect(JSON.parse(stdout).host).toMatchObject({
      stored: { kind: 'intent' },
      stored_until_height: 3_874_221,
      must_be_sent_again: true,
    });
    const before = await simulate();
    const later = await bootstrap(before.url, `status --json --address ${addressOf('host2')}`);
    expect(JSON.parse(later.stdout).host).toMatchObject({
      stored_until_height: 3_874_521,
      must_be_sent_again: false,
    });
  });

  it('warns of a node that is catching up', async () => {
    const { url, chain } = await simulate();
    chain.catchingUp = true;
    const { stderr, exitCode } = await bootstrap(url, 'status');
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/warning: the node is catching up/);
  });

  it.each([
    ['no participants', { hosts: [] }],
    ['no weight at all', { hosts: [{ name: 'a', weight: 0 }] }],
  ])('judges a network with %s', async (_name, script) => {
    const { url } = await simulate(script);
    const { stdout, exitCode } = await bootstrap(url, 'status --json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).forecast).toMatchObject({ pre_eligible: false, total_network_weight: '0' });
  });
});

describe('bootstrap intents', () => {
  it('lists them with weight, share and delegations', async () => {
    const { url } = await simulate();
    const json = await bootstrap(url, 'intents --json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      intents: [
        {
          address: addressOf('host2'),
          weight: '2000',
          serving: false,
          delegators: 1,
          delegated_weight: '1200',
        },
        { address: addressOf('host3'), weight: '1600', delegators: 1, delegated_weight: '800' },
      ],
      forecast: { intent_host_count: 2, intent_weight: '3600' },
      skipped: [],
    });
    const text = await bootstrap(url, 'intents');
    expect(text.stdout).toMatch(/22\.22 %/);
    expect(text.stdout).toMatch(/reachable weight +5600 of 6001 needed .*401 missing/);
  });

  it('tells a program which hosts could not be read, and what totals can be', async () => {
    const { url, faults } = await simulate();
    faults.broken = addressOf('host3');
    const { stdout, stderr, exitCode } = await bootstrap(url, 'intents --json --max-wait 1');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      skipped: [{ address: addressOf('host3'), weight: '1600', reason: expect.any(String) }],
      forecast: { intent_weight: '2000', at_most: { intent_weight: '3600' } },
    });
    expect(stderr).toMatch(/1 failed/);
  });
});

describe('bootstrap preeligibility', () => {
  const snapshot = 3_874_436;
  const atSnapshot = { height: snapshot - 1 };

  it('shows the newest event', async () => {
    const { url } = await simulate(atSnapshot);
    const { stdout, exitCode } = await bootstrap(url, 'preeligibility --json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      found: true,
      height: snapshot,
      snapshot_height: snapshot,
      model_id: KIMI,
      pre_eligible: false,
      intent_weight: '3600',
    });
    expect((await bootstrap(url, `preeligibility --height ${snapshot}`)).stdout).toMatch(
      /pre_eligible +false/,
    );
  });

  it('tells apart the ways in which there is none', async () => {
    const { url, chain } = await simulate();
    const none = await bootstrap(url, 'preeligibility --json');
    expect(JSON.parse(none.stdout)).toEqual({ found: false, reason: 'no_event_yet' });
    expect(none.stderr).toMatch(/no snapshot has judged .* yet/);
    expect(none.exitCode).toBe(1);

    chain.indexesBlocks = false;
    const unindexed = await bootstrap(url, 'preeligibility');
    expect(unindexed.stderr).toMatch(/keeps no index .*--height 3874136/);

    const empty = await bootstrap(url, `preeligibility --height ${chain.height - 5}`);
    expect(empty.stderr).toMatch(/holds no pre-eligibility event/);
    const future = await bootstrap(url, 'preeligibility --height 3880000');
    expect(future.stderr).toMatch(/block 3880000 is not reached yet/);
    const pruned = await bootstrap(url, 'preeligibility --height 5');
    expect(pruned.stderr).toMatch(/no block 5 any more/);

    const { event, url: other } = await withOtherModelsEvent();
    const foreign = await bootstrap(other, `preeligibility --height ${event}`);
    expect(foreign.stderr).toMatch(/judges another\/model, not moonshotai/);
  });

  async function withOtherModelsEvent() {
    const { url, chain } = await simulate();
    const model = { ...chain.models[1], modelId: 'another/model' } as (typeof chain.models)[number];
    chain.blocks.get(chain.height)?.events.push(preEligibilityEvent(chain, model));
    return { url, event: chain.height };
  }
});

describe('bootstrap wait', () => {
  /** A chain that stands still until the command watches it, ten blocks before the snapshot unless told. */
  const watched = async (words: string, script: ChainSimulatorOptions = {}) => {
    const simulator = await simulate({ height: 3_874_426, blockTimeMs: 50, paused: true, ...script });
    const running = bootstrap(simulator.url, words);
    await vi.waitFor(() => expect(simulator.requestCount()).toBeGreaterThan(6), 20_000);
    simulator.chain.paused = false;
    return await running;
  };

  it('exits 3 when the snapshot says no', async () => {
    const { stdout, exitCode } = await watched('wait --until pre-eligible --json');
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      answer: 'no',
      height: 3_874_436,
      event: { pre_eligible: false },
    });
  });

  it('exits 0 when it says yes, also through a node that goes away meanwhile', async () => {
    const { stdout, stderr, exitCode } = await watched('wait --until pre-eligible', {
      hosts: [{ name: 'a' }],
      choices: { a: 'intent' },
      params: { vMin: 1 },
      faults: { refuse: 6 },
    });
    expect(stdout).toBe(`block 3874436: ${KIMI} is pre-eligible`);
    expect(stderr).toMatch(/HTTP 503.*waiting for it/);
    expect(stderr).toMatch(/the node answers again/);
    expect(exitCode).toBe(0);
  });

  it.each([
    ['snapshot', 3_874_426, 3_874_436],
    ['poc-start', 3_874_486, 3_874_496],
    ['inference', 3_874_511, 3_874_522],
  ])('reaches %s', async (until, height, target) => {
    const pocStartHeight = until === 'inference' ? { nextPocStart: 3_874_796 } : {};
    const { stdout, exitCode } = await watched(`wait --until ${until} --json`, { height, ...pocStartHeight });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ answer: 'reached' });
    expect(JSON.parse(stdout).height).toBeGreaterThanOrEqual(target);
    expect(JSON.parse(stdout).height).toBeLessThan(target + 60);
  });

  it('gives up after its time', async () => {
    const { url } = await simulate();
    const { stderr, exitCode } = await bootstrap(url, 'wait --until poc-start --timeout 1');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/poc-start was not reached within 1 s/);
  });

  it('has no answer for a model that is active already', async () => {
    const { stderr, exitCode } = await watched('wait --until pre-eligible', {
      models: [{ modelId: KIMI, active: true }],
    });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/holds no event/);
  });
});

describe('bootstrap timeline', () => {
  it('counts a later epoch from the live one', async () => {
    const { url } = await simulate();
    const { stdout } = await bootstrap(url, 'timeline --epoch 253 --json');
    const { epoch, steps } = JSON.parse(stdout);
    expect(epoch).toBe(253);
    expect(steps.map(({ step, height }: { step: string; height: number }) => [step, height])).toEqual([
      ['snapshot', 3_875_036],
      ['poc_start', 3_875_096],
      ['poc_generation_end', 3_875_108],
      ['poc_validation_start', 3_875_109],
      ['poc_validation_end', 3_875_121],
      ['set_new_validators', 3_875_122],
      ['next_poc_start', 3_875_396],
    ]);
  });

  it('says that there is no snapshot without a deploy window', async () => {
    const { url } = await simulate({ params: { deployWindow: 0 } });
    expect((await bootstrap(url, 'timeline')).stdout).toMatch(/^snapshot +none$/m);
  });
});

describe('bad input', () => {
  it('takes the node from the environment', async () => {
    const { url } = await simulate();
    const run = (env: Record<string, string>) => assay(['bootstrap', 'timeline'], { env });
    expect((await run({ ASSAY_NODE: `${url}/chain-rpc/` })).exitCode).toBe(0);
    expect((await run({ NODE: `${url}/` })).exitCode).toBe(0);
    const none = await run({ NODE: '/usr/bin/node', ASSAY_NODE: '' });
    expect(none.stderr).toMatch(/no network node is given/);
    expect(none.exitCode).toBe(1);
  });

  it.each([
    ['status --rules old', /rules/],
    ['status --snapshot-height -5', /--snapshot-height must be a whole number/],
    ['intents --concurrency 0', /--concurrency must be a whole number/],
    ['wait --until now', /until/],
  ])('%s', async (words, message) => {
    const { stderr, exitCode } = await bootstrap('http://127.0.0.1:9', words);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(1);
  });

  it('names the models when one is not in the parameters', async () => {
    const { url } = await simulate();
    const { stderr, exitCode } = await assay([
      'bootstrap',
      'intents',
      '--model',
      'moonshotai/Kimi',
      '--node',
      url,
    ]);
    expect(stderr).toMatch(
      /"moonshotai\/Kimi" is not in the chain's PoC parameters; .*moonshotai\/Kimi-K2\.6/,
    );
    expect(exitCode).toBe(1);
  });

  it('says that a proxy has answered', async () => {
    const { url, faults } = await simulate();
    faults.html = 100;
    const { stderr, exitCode } = await bootstrap(url, 'timeline');
    expect(stderr).toMatch(/an HTML page instead of JSON/);
    expect(exitCode).toBe(1);
  });
});
