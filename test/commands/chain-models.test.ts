import { describe, expect, it } from 'vitest';
import { assayHere } from '../support/assay.js';
import { addressOf, KIMI, useChains } from '../support/chain.js';

const simulate = useChains();
const QWEN = 'Qwen/Qwen3-235B-A22B-Instruct-2507-FP8';

const models = async (url: string, ...args: string[]) => {
  const { stdout, exitCode } = await assayHere(['chain', 'models', '--node', url, '--json', ...args]);
  expect(exitCode).toBe(0);
  return JSON.parse(stdout);
};

describe.each(['v0.2.14', 'v0.2.16', 'v0.2.17'])('chain models on %s', (version) => {
  it('tells each model, and what a host owes for it', async () => {
    const { url } = await simulate({
      version,
      models: [
        { modelId: QWEN, active: true, coefficient: { value: '3024', exponent: -4 } },
        { modelId: 'other/active', active: true },
        { modelId: KIMI, penaltyStartEpoch: 500 },
      ],
      hosts: [
        { name: 'host1', weight: 2400, models: [QWEN] },
        { name: 'host2', weight: 2000, models: [QWEN, 'other/active'] },
      ],
    });
    const table = await models(url, '--address', addressOf('host1'));
    expect(table).toMatchObject({
      chain_version: version,
      host: { weight: '2400', reward_coins: '2400000000000' },
    });
    const [base, active, launching] = table.models;
    expect(base).toMatchObject({
      model_id: QWEN,
      state: 'base',
      gate: { dist_threshold: '0.4' },
      coefficient: '0.3024',
      hosts: 2,
      weight: '4400',
      own: { serves: true, owed: null },
    });
    expect(active).toMatchObject({
      model_id: 'other/active',
      state: 'active',
      own: {
        serves: false,
        stored: { kind: 'none' },
        owed: {
          what: 'serve it, or delegate or refuse',
          by_height: 3_874_509,
          cost: '360',
          fraction: '0.15',
          from_epoch: 251,
        },
      },
    });
    expect(launching).toMatchObject({
      model_id: KIMI,
      state: 'launching',
      own: { owed: { what: 'intent, delegation or refusal', by_height: 3_874_436, from_epoch: 500 } },
    });
  });
});

it('calls an unknown coefficient unknown', async () => {
  const { url } = await simulate();
  const { models: rows } = await models(url);
  expect(rows.find(({ model_id }: { model_id: string }) => model_id === KIMI).coefficient).toBeNull();
  expect(rows.every(({ own }: { own: unknown }) => own === null)).toBe(true);
});

it('is what bootstrap status shows without a model', async () => {
  const { url } = await simulate();
  const { stdout, exitCode } = await assayHere([
    'bootstrap',
    'status',
    '--node',
    url,
    '--address',
    addressOf('host1'),
  ]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^Qwen\/Qwen3-235B-A22B-Instruct-2507-FP8 +base +0\.4 +1 +7 +9000$/m);
  expect(stdout).toMatch(/^owed +nothing: you serve it: no transaction needed$/m);
  expect(stdout).toMatch(/^by height +3874436, in \d+ blocks/m);
  expect(stdout).toMatch(
    /^if left out +costs 360 \(15 %\) an epoch, from epoch 251 on, if the model becomes pre-eligible$/m,
  );
});

it('advises no intent for a model in use', async () => {
  const { url } = await simulate();
  const status = (name: string) =>
    assayHere(['bootstrap', 'status', '--model', QWEN, '--node', url, '--address', addressOf(name)]);
  const { stdout, stderr } = await status('host1');
  expect(stderr).toMatch(/is base already/);
  expect(stdout).toMatch(/^to do +nothing: you serve it/m);
  expect(stdout).toMatch(/^forecast +none: a model in use/m);
  expect(stdout).not.toMatch(/intent, but no commits/);
});

it('calls a model that governance took out removed, and no misspelling', async () => {
  const { url } = await simulate({ models: [{ modelId: QWEN, active: true }] });
  const status = (model: string) => assayHere(['bootstrap', 'status', '--model', model, '--node', url]);
  const removed = await status(KIMI);
  expect(removed.exitCode).toBe(1);
  expect(removed.stderr).toMatch(
    /is removed: it is neither in the PoC parameters nor in the catalogue.*no choice is needed/,
  );
  expect((await status('Qwen/Qwen3-235')).stderr).toMatch(/check the spelling; known are: Qwen/);
  const tx = await assayHere([
    ...['tx', 'intent', KIMI, '--node', url, '--address', addressOf('host1'), '--from', 'host1', '--dry-run'],
  ]);
  expect(tx.stdout + tx.stderr).not.toMatch(/give --address/);
});
