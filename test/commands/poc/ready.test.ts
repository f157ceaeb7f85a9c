import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { ChainSimulatorOptions } from '../../../src/simulator/chain/server.js';
import { assayHere } from '../../support/assay.js';
import { addressOf, useChains } from '../../support/chain.js';

const simulate = useChains();
const GRANTS = { gonka1warm: ['/inference.inference.MsgPoCV2StoreCommit'] };
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const ready = async (script: ChainSimulatorOptions, ...args: string[]) => {
  const { url } = await simulate(script);
  const words = ['poc', 'ready', '--node', url, '--address', addressOf('host1'), '--json', ...args];
  const { exitCode, stdout } = await assayHere(words);
  const { checks } = JSON.parse(stdout) as { checks: { check: string; level: string; text: string }[] };
  return { exitCode, told: checks.map(({ check, level, text }) => `${level} ${check}: ${text}`) };
};

/** A node whose clock is so far ahead, or that has none. */
const clockNode = async (aheadMs: number | null) => {
  const server = createServer((_, response) => {
    const at = String((BigInt(Date.now()) + BigInt(aheadMs ?? 0)) * 1_000_000n);
    response.writeHead(
      aheadMs === null ? 404 : 204,
      aheadMs === null ? {} : { 'x-server-recv-ns': at, 'x-server-send-ns': at },
    );
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

describe('poc ready', () => {
  it.each<[string, ChainSimulatorOptions, string[], RegExp, number]>([
    [
      'money and grants',
      { poc: { grants: GRANTS, allowances: { gonka1warm: null } } },
      [],
      /^ok fees: gonka1warm: 500 GNK usable .*about 1000000 commits/,
      0,
    ],
    [
      'a small allowance',
      { poc: { grants: GRANTS, allowances: { gonka1warm: '20000000' } } },
      [],
      /^warning fees: .*about 40 commits/,
      0,
    ],
    [
      'an empty account',
      { poc: { grants: GRANTS, allowances: { gonka1warm: null }, spendable: '0' } },
      [],
      /^error fees: .*about 0 commits/,
      1,
    ],
    [
      'no allowance',
      { poc: { grants: GRANTS, allowances: {} } },
      [],
      /^error fees: the account grants gonka1warm no fees/,
      1,
    ],
    ['no grant', { poc: { grants: {} } }, [], /^error grants: no key holds a grant for commits/, 1],
    [
      'another warm key',
      { poc: { grants: GRANTS } },
      ['--warm', 'gonka1other'],
      /^error grants: gonka1other holds no grant/,
      1,
    ],
    ['no fees before v0.2.16', { version: 'v0.2.15' }, [], /^ok fees: none before v0\.2\.16/, 0],
    [
      'a challenge',
      {
        version: 'v0.2.17',
        poc: { challenged: ['host1'], grants: GRANTS, allowances: { gonka1warm: null } },
      },
      [],
      /^error challenge: one is open until block \d+/,
      1,
    ],
    [
      'a challenge of another',
      {
        version: 'v0.2.17',
        poc: { challenged: ['host2'], grants: GRANTS, allowances: { gonka1warm: null } },
      },
      [],
      /^ok challenge/,
      0,
    ],
    ['a chain without challenges', {}, [], /^not_checked challenge/, 0],
    [
      'a window',
      { version: 'v0.2.14', poc: { maintenance: true } },
      ['--maintenance-blocks', '20'],
      /^ok maintenance: a window of 20 blocks/,
      0,
    ],
    [
      'a window that is refused',
      { version: 'v0.2.14', poc: { maintenance: true, maintenanceRefusal: 'no credit' } },
      ['--maintenance-blocks', '20'],
      /^warning maintenance: .*no credit/,
      0,
    ],
    [
      'no windows',
      { version: 'v0.2.14' },
      ['--maintenance-blocks', '20'],
      /^not_checked maintenance: this chain has no/,
      0,
    ],
    [
      'versions',
      {
        version: 'v0.2.14',
        poc: { versions: { api_version: { version: '1' }, node_version: null, mlnodes: null } },
      },
      [],
      /^ok versions: API 1, node not known; ML nodes: none known/,
      0,
    ],
    ['no versions', { version: 'v0.2.14' }, [], /^not_checked versions/, 0],
    [
      'a choice owed',
      { version: 'v0.2.14' },
      [],
      /^warning choices: moonshotai\/Kimi-K2\.6: intent, delegation or refusal, by block 3874436/,
      0,
    ],
    [
      'a PoC under way',
      { version: 'v0.2.14', height: 3_874_498, nextPocStart: 3_874_796 },
      [],
      /^warning time: a PoC is running \(PoCGenerate\)/,
      0,
    ],
    [
      'a newer chain',
      { version: 'v0.3.0', poc: { grants: GRANTS, allowances: { gonka1warm: null } } },
      [],
      /^warning rules: .*newer/,
      0,
    ],
  ])('tells %s', async (_name, script, args, expected, exitCode) => {
    const answer = await ready(script, ...args);
    expect(answer.told).toContainEqual(expect.stringMatching(expected));
    expect(answer.exitCode).toBe(exitCode);
  });

  it.each([
    ['a clock that goes right', 0, /^ok ML node clock: .*round trip/],
    ['a clock that is ahead', 60_000, /^error ML node clock: .* (?:59|60)\d{3} ms from/],
    ['no clock', null, /^not_checked ML node clock: .*no \/clock/],
  ])('tells %s', async (_name, aheadMs, expected) => {
    const url = await clockNode(aheadMs);
    const { told } = await ready({ version: 'v0.2.14' }, '--mlnode-url', url);
    expect(told).toContainEqual(expect.stringMatching(expected));
  });

  it('goes on where one thing cannot be read, and does not call it good', async () => {
    const { told } = await ready({ poc: { grants: GRANTS }, faults: { broken: 'cosmos/bank' } });
    expect(told).toContainEqual(expect.stringMatching(/^not_checked fees: could not be read/));
    expect(told).toContainEqual(expect.stringMatching(/^ok time/));
  });
});
