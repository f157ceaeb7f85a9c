import { describe, expect, it } from 'vitest';
import type { Choice } from '../../src/chain/choice.js';
import type { ChainSimulatorOptions } from '../../src/simulator/chain/server.js';
import { checkTx, type TxFinding } from '../../src/tx/checks.js';
import { gatherTxFacts } from '../../src/tx/facts.js';
import { addressOf, KIMI, useChains } from '../support/chain.js';

const simulate = useChains();
const ME = addressOf('host1');

/** What the checks find before a choice is sent, as lines `level check: text`. */
async function check(wanted: Choice, script: ChainSimulatorOptions = {}): Promise<string[]> {
  const { url } = await simulate(script);
  const facts = await gatherTxFacts({
    nodeUrl: url,
    model: KIMI,
    wanted,
    address: ME,
    rules: 'auto',
    checkShare: false,
    signal: new AbortController().signal,
  });
  return checkTx(facts).map(({ level, check, text }: TxFinding) => `${level} ${check}: ${text}`);
}

const INTENT: Choice = { kind: 'intent' };

describe('checks before a transaction', () => {
  it('find nothing wrong with an intent in time', async () => {
    const lines = await check(INTENT);
    expect(lines.every((line) => line.startsWith('ok '))).toBe(true);
    expect(lines).toContainEqual(
      expect.stringMatching(/^ok cost: nothing if you send PoC commits; .* 360 when eligible/),
    );
  });

  it.each<[string, string, RegExp]>([
    ['oneself', ME, /^error delegate: it is your own address/],
    ['a guardian', addressOf('host3'), /^error delegate: it is a genesis guardian/],
    ['a mistyped address', `${addressOf('host2').slice(0, -1)}b`, /^error delegate: .* is no address/],
    ['an operator', addressOf('host2', 'gonkavaloper'), /^error delegate: .* begins with gonkavaloper1/],
    ['a stranger', addressOf('stranger'), /^error delegate: .* not among the participants/],
    ['a host without weight', addressOf('host8'), /^warning delegate: it has no weight that counts/],
    ['a host that does not serve it', addressOf('host6'), /^warning delegate serves: it neither serves/],
    ['a host with an intent', addressOf('host2'), /^ok delegate serves: it has declared intent/],
  ])('judge a delegation to %s', async (_name, delegateTo, finding) => {
    const lines = await check(
      { kind: 'delegation', delegateTo },
      { guardians: [addressOf('host3', 'gonkavaloper')] },
    );
    expect(lines).toContainEqual(expect.stringMatching(finding));
  });

  it.each<[string, ChainSimulatorOptions, RegExp]>([
    [
      'in PoC, where it would be forgotten',
      { height: 3_874_200 },
      /^warning snapshot: .* forgets it at block 3874221, before the snapshot/,
    ],
    [
      'after the snapshot',
      { height: 3_874_450 },
      /^warning snapshot: .*\(block 3874436\) has passed: the chain forgets it before/,
    ],
    ['in the last block before the snapshot', { height: 3_874_434 }, /^ok snapshot: in 1 block, at 3874436/],
    ['without a deploy window', { params: { deployWindow: 0 } }, /^warning snapshot: .* deploy window is 0/],
    [
      'for an active model',
      { models: [{ modelId: KIMI, active: true }], hosts: [{ name: 'host1', models: [KIMI] }] },
      /^warning model: it is active already/,
    ],
    [
      'for a model that is not approved',
      { models: [{ modelId: 'another/model' }] },
      /^error model: .* neither in the PoC parameters nor in the catalogue: governance removed it.*in PoC are: another\/model/,
    ],
    ['without weight', { hosts: [{ name: 'host1', weight: 0 }] }, /^warning my address: .* has no weight/],
    ['without a seed', { hosts: [{ name: 'host1', seed: false }] }, /^warning my address: .* has no seed/],
    ['from outside', { hosts: [{ name: 'host2' }] }, /^error my address: .* not among the participants/],
  ])('judge an intent %s', async (_name, script, finding) => {
    expect(await check(INTENT, script)).toContainEqual(expect.stringMatching(finding));
  });

  it('say that a delegation stays for the next snapshot', async () => {
    const lines = await check({ kind: 'delegation', delegateTo: addressOf('host2') }, { height: 3_874_450 });
    expect(lines).toContainEqual(expect.stringMatching(/^warning snapshot: .* it counts for the next one/));
  });
});
