import { chmod, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { addressOf } from '../../../src/simulator/chain/chain.js';
import { startFront } from '../../support/front.js';
import { KIMI, useSite } from '../../support/site.js';
import { useTempFolder } from '../../support/temp.js';

const site = useSite();
const temp = useTempFolder();

let inferenced: string;
beforeAll(async () => {
  inferenced = temp.path('inferenced');
  await writeFile(inferenced, '#!/bin/sh\necho 0.2.14\n');
  await chmod(inferenced, 0o755);
});

function hostFile(changes: Record<string, unknown> = {}) {
  const { net, ml } = site.current;
  const node = { id: 'node1', host: '127.0.0.1', gpu: 'B200', poc_port: ml.port };
  return stringify({
    address: addressOf('host1'),
    key: 'host1',
    node: net.url,
    admin_url: net.url,
    model: KIMI,
    choice: 'deploy',
    ml_nodes: [node],
    inferenced,
    ...changes,
  });
}

async function plan(name: string, text: string, ...flags: string[]) {
  return await site.current.assay(['lifecycle', 'plan', '--file', await temp.write(name, text), ...flags]);
}

describe('assay lifecycle plan', () => {
  it('tells the steps and what is at stake, and changes nothing', async () => {
    const { net } = site.current;
    net.broker.register(site.current.qwen);
    const { stdout, stderr, exitCode } = await plan('host.yaml', hostFile(), '--json');
    expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/^ok +weights +node1: .* is downloaded/m)]);
    expect(stderr).toMatch(
      /^warning +model +.*-FP8, as the network node lists it; moonshotai\/Kimi-K2\.6 is not/m,
    );
    const { steps, costs, obstacles, snapshot_height, doctor } = JSON.parse(stdout);
    expect(doctor.map(({ check }: { check: string }) => check)).toContain('inferenced');
    expect([obstacles, snapshot_height]).toEqual([[], 3_874_436]);
    expect(steps.map(({ command }: { command: string[] | null }) => command?.[2] ?? null)).toEqual([
      'intent',
      null,
      'wait',
      'switch',
      null,
    ]);
    expect(costs.map(({ standing }: { standing: string }) => standing)).toEqual([
      'commits',
      'intent_without_commits',
      'delegation_counts',
      'delegation_does_not_count',
      'refusal',
      'nothing',
    ]);
    expect(net.broker.changes).toEqual({ node1: 1 });
  });

  it('asks the chain each question once, so that all parts judge the same state', async () => {
    const asked: string[] = [];
    const front = await startFront(site.current.net.url, ({ path }) => void asked.push(path));
    try {
      const { stdout } = await plan('once.yaml', hostFile({ node: front.url }), '--json');
      expect(JSON.parse(stdout).snapshot_height).toBe(3_874_436);
    } finally {
      await front.close();
    }
    expect(asked).toContain('/chain-rpc/status');
    expect(asked).toEqual([...new Set(asked)]);
  });

  it('finds by the checks of the doctor what keeps a host from signing', async () => {
    const { stderr, exitCode } = await plan('unsigned.yaml', hostFile({ inferenced: './none' }));
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(/^blocked by: inferenced: .*none: no such program/m),
    ]);
    const file = await temp.write('again.yaml', hostFile({ inferenced: './none' }));
    const { stdout } = await site.current.assay(['doctor', '--file', file]);
    expect(stdout).toContain('a load with its validation takes about 30 min 0 s (load_time of the file)');
  });

  it('says when the deploy window is too short for a load', async () => {
    const { stderr, exitCode } = await plan('slow.yaml', hostFile({ load_time: '2h' }));
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining('blocked by: the deploy window has 60 blocks, and a load takes 120'),
    ]);
  });

  it.each([
    ['a misspelt key', { chioce: 'deploy' }, /unknown key "chioce"/],
    ['an address that is none', { address: 'gonka1x' }, /address: "gonka1x" is no address/],
    ['an unknown choice', { choice: 'perhaps' }, /\/choice must be one of/],
  ])('refuses %s', async (_, changes, reason) => {
    const { stderr, exitCode } = await plan('bad.yaml', hostFile(changes));
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(reason)]);
  });
});
