import { beforeEach, describe, expect, it } from 'vitest';
import type { NodeObject } from '../../../src/network/node-object.js';
import { KIMI, QWEN, type Site, useSite } from '../../support/site.js';
import { useTempFolder } from '../../support/temp.js';

const temp = useTempFolder();
const holder = useSite();
let site: Site;

beforeEach(() => {
  site = holder.current;
  const { broker, chain, epochNodes } = site.net;
  broker.nodes.clear();
  for (const id of Object.keys(broker.changes)) delete broker.changes[id];
  Object.assign(broker.faults, { refuse: 0, cut: 0, late: 0, rewriteArgs: [] });
  Object.assign(chain, { phaseOverride: null, confirmationPocActive: false });
  epochNodes.clear();
});

const send = (verb: 'add' | 'update', nodes: unknown, ...flags: string[]) =>
  site.assay(['node', verb, '-', ...flags], {
    input: typeof nodes === 'string' ? nodes : JSON.stringify(nodes),
  });
/** A second node at the same ML node, by another name of the same address. */
const second = (changes: Partial<NodeObject> = {}): NodeObject => ({
  ...site.qwen,
  id: 'node2',
  host: 'localhost',
  ...changes,
});

describe('assay node add', () => {
  it('registers the nodes of a file one by one; a second run changes nothing', async () => {
    const file = await temp.write('nodes.json', [site.qwen, second()]);
    const first = await site.assay(['node', 'add', file]);
    expect(first.stderr).toMatch(/^ok +phase +Inference at height/m);
    expect(first).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/node1 +created\nnode2 +created/),
    });
    const again = await site.assay(['node', 'add', file]);
    expect(again).toMatchObject({
      exitCode: 0,
      stderr: '',
      stdout: expect.stringMatching(/node1 +unchanged/),
    });
    expect(site.net.broker.changes).toEqual({ node1: 1, node2: 1 });
  });

  it('does not change a node that is known, unless forced', async () => {
    await send('add', site.qwen);
    const changed = { ...site.qwen, max_concurrent: 7 };
    const refused = await send('add', changed);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^FAILED +id .*known already.*node update/m);
    expect(refused.stderr.split('\n').at(-1)).toContain('--force id overrides only that check');
    expect(await send('add', changed, '--force', 'id')).toMatchObject({ exitCode: 0 });
    expect(site.net.broker.nodes.get('node1')?.node.max_concurrent).toBe(7);
  });

  it('says what the network node refused, keeps the good ones, and can be run again', async () => {
    site.net.broker.faults.refuse = 1;
    const halfWay = await send('add', [site.qwen, second()], '--json');
    expect(halfWay.exitCode).toBe(1);
    expect(JSON.parse(halfWay.stdout).nodes).toEqual([
      { id: 'node1', result: 'failed', error: expect.stringContaining('HTTP 500 (simulated failure') },
      { id: 'node2', result: 'created' },
    ]);
    expect(halfWay.stderr.split('\n').at(-1)).toBe(
      'assay: 1 of 2 nodes failed: node1; the others are done; correct these and run it again',
    );
    const again = await send('add', [site.qwen, second()]);
    expect(again).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/node1 +created\nnode2 +unchanged/),
    });
    expect(site.net.broker.changes).toEqual({ node1: 1, node2: 1 });
  });

  it('waits for a change that arrives after its answer was lost', async () => {
    site.net.broker.faults.late = 700;
    const late = await send('add', site.qwen);
    site.net.broker.faults.late = 0;
    expect(late).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/node1 +created/) });
    expect(site.net.broker.changes).toEqual({ node1: 1 });
  });

  it('finds out by reading back that a change arrived whose answer was lost', async () => {
    site.net.broker.faults.cut = 1;
    expect(await send('add', site.qwen)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/node1 +created/),
    });
    expect(site.net.broker.changes).toEqual({ node1: 1 });
  });

  it('names models that were dropped and arguments that were changed', async () => {
    const models = { ...site.qwen.models, 'no/model': { args: [] } };
    const dropped = await send(
      'add',
      { ...site.qwen, models },
      '--force',
      'model-approved',
      '--force',
      'weights',
    );
    expect(dropped).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('model no/model was dropped'),
    });
    site.net.broker.faults.rewriteArgs = ['--max-model-len', '1'];
    const rewritten = await send('add', second());
    expect(rewritten.stdout).toContain('--max-model-len is 1 instead of 240000');
    expect(rewritten.exitCode).toBe(1);
  });

  it('finds out the same of a batch', async () => {
    site.net.broker.faults.cut = 1;
    const batch = await send('add', [site.qwen, second()], '--batch');
    expect(batch).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/node1 +created\nnode2 +created/),
    });
    expect(site.net.broker.changes).toEqual({ node1: 1, node2: 1 });
  });

  it('registers a batch of new ids, and shows which of it failed and why', async () => {
    const clash = second({ id: 'node3', inference_port: 6060 });
    expect(await send('add', [site.qwen], '--batch')).toMatchObject({ exitCode: 0 });
    const partial = await send('add', [second(), clash], '--batch', '--force', 'config', '--json');
    expect(partial.exitCode).toBe(1);
    expect(JSON.parse(partial.stdout).nodes).toEqual([
      { id: 'node2', result: 'created' },
      { id: 'node3', result: 'failed', error: expect.stringContaining('duplicate of node node2') },
    ]);
    const allBad = await send('add', [clash], '--batch', '--force', 'config');
    expect(allBad.exitCode).toBe(1);
    expect(allBad.stderr).toMatch(/all nodes failed validation: node\[0\] \(id: node3\): duplicate/);
    const known = await send('add', [{ ...site.qwen, max_concurrent: 1 }], '--batch');
    expect(known).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('node1 is known already') });
  });

  it.each<[string, (site: Site) => unknown, RegExp]>([
    ['broken JSON', () => '{"id":', /not JSON/],
    ['a port out of range', () => ({ ...site.qwen, poc_port: 70_000 }), /\/poc_port must be <= 65535/],
    ['a wrong entry of several', () => [site.qwen, { id: 'x' }], /\/1 must have required property/],
  ])('refuses %s in one line', async (_, nodes, reason) => {
    const { exitCode, stdout, stderr } = await send('add', nodes(site));
    expect(stderr).toMatch(reason);
    expect([exitCode, stdout, stderr.split('\n')]).toEqual([1, '', [expect.stringMatching(/^assay: /)]]);
  });
});

describe('the checks before a change', () => {
  it.each<[string, RegExp, (site: Site) => unknown]>([
    [
      'phase',
      /PoCValidate at height/,
      ({ net, qwen }) => Object.assign(net.chain, { phaseOverride: 'PoCValidate' }) && qwen,
    ],
    [
      'confirmation-poc',
      /one is active/,
      ({ net, qwen }) => Object.assign(net.chain, { confirmationPocActive: true }) && qwen,
    ],
    [
      'model-approved',
      /no\/model is not approved/,
      ({ qwen }) => ({ ...qwen, models: { 'no/model': { args: [] } } }),
    ],
    [
      'gpus',
      /a replica takes 16 GPUs, the node has 8/,
      ({ qwen }) => ({ ...qwen, models: { [QWEN]: { args: ['--tensor-parallel-size', '16'] } } }),
    ],
    [
      'weights',
      /no\/model \(head of the branch\) is NOT_FOUND/,
      ({ qwen }) => ({ ...qwen, models: { 'no/model': { args: [] } } }),
    ],
    ['config', /is used by node node1/, ({ qwen }) => [qwen, { ...qwen, id: 'node2' }]],
    ['id', /not known to the network node/, ({ qwen }) => qwen],
  ])('name %s where it fails', async (name, text, nodes) => {
    const verb = name === 'id' ? 'update' : 'add';
    const refused = await send(verb, nodes(site));
    expect(refused.exitCode).toBe(1);
    const line = refused.stderr.split('\n').find((candidate) => candidate.startsWith(`FAILED   ${name} `));
    expect(line).toMatch(text);
    expect(refused.stderr.split('\n').at(-1)).toMatch(/^assay: nothing was changed/);
    expect(site.net.broker.nodes.size).toBe(0);
  });

  it('compare the arguments with those of governance', async () => {
    const model = site.net.chain.models.find(({ modelId }) => modelId === QWEN)!;
    model.modelArgs = ['--max-model-len', '100000'];
    const { exitCode, stderr } = await send('add', site.qwen);
    model.modelArgs = [];
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^FAILED +model-args .*240000 here and 100000 on the chain.*; take the chain’s value in the config$/m,
    );
  });

  it('want time for the model to load before the next PoC', async () => {
    const { exitCode, stderr } = await send('add', site.qwen, '--load-time', '20h');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^FAILED +poc-window +PoC starts in \d+ min \(\d+ blocks of 60.0 s\), a load takes 1200 min/m,
    );
  });

  it('are overridden by name, one at a time', async () => {
    site.net.chain.phaseOverride = 'PoCGenerate';
    site.net.chain.confirmationPocActive = true;
    const one = await send('add', site.qwen, '--force', 'phase');
    expect(one.stderr).toMatch(/^forced +phase .*\nFAILED +confirmation-poc /m);
    expect(one.exitCode).toBe(1);
    const both = await send('add', site.qwen, '--force', 'phase', '--force', 'confirmation-poc');
    expect(both).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/node1 +created/) });
  });

  it('cannot be overridden all at once, nor by a name that is none', async () => {
    const { exitCode, stderr } = await send('add', site.qwen, '--force', 'all');
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('is not one of')]);
  });

  it('refuse when the network or the ML node cannot be asked', async () => {
    const closed = 'http://127.0.0.1:9';
    const { stderr } = await send('add', { ...site.qwen, poc_port: 9 }, '--node', closed);
    for (const name of ['phase', 'confirmation-poc', 'poc-window', 'model-approved', 'gpus', 'weights'])
      expect(stderr).toMatch(new RegExp(`^FAILED +${name} .*not known: .*cannot connect`, 'm'));
  });
});

describe('assay node update, enable, disable, remove, list', () => {
  it('changes what a node serves, and the ML node follows', async () => {
    await send('add', site.qwen);
    expect(await send('update', site.kimi)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/node1 +updated/),
    });
    await expect.poll(() => site.ml.running?.model).toBe(KIMI);
    expect(site.ml.running?.args).toEqual(site.kimi.models[KIMI]?.args);
    await send('update', site.qwen);
    await expect.poll(() => site.ml.running?.model).toBe(QWEN);
  });

  it('warns that the epoch’s model is served on under a known id', async () => {
    await send('add', site.qwen);
    site.net.epochNodes.set('node1', QWEN);
    const { exitCode, stderr } = await send('update', site.kimi);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^warning +epoch-model .*until the epoch ends.*new id.*next epoch/m);
  });

  it('disables and enables, once', async () => {
    await send('add', site.qwen);
    const disable = () => site.assay(['node', 'disable', 'node1']);
    expect(await disable()).toMatchObject({
      exitCode: 0,
      stdout: 'node1 is disabled; it serves until the epoch ends',
    });
    expect(await disable()).toMatchObject({ exitCode: 0, stdout: 'node1 is disabled already', stderr: '' });
    expect(await site.assay(['node', 'enable', 'node1'])).toMatchObject({
      exitCode: 0,
      stdout: 'node1 is enabled',
    });
    site.net.chain.phaseOverride = 'PoCGenerate';
    expect(await disable()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('PoCGenerate') });
  });

  it('names the known ids where an id is unknown', async () => {
    await send('add', site.qwen);
    for (const verb of ['enable', 'disable', 'remove']) {
      const { exitCode, stderr } = await site.assay(['node', verb, 'nobody', '--yes']);
      expect([exitCode, stderr]).toEqual([1, 'assay: no node with id nobody; the network node lists node1']);
    }
  });

  it('removes a node only for somebody who says so', async () => {
    await send('add', site.qwen);
    const silent = await site.assay(['node', 'remove', 'node1']);
    expect(silent).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('there is no terminal to ask'),
    });
    expect(site.net.broker.nodes.size).toBe(1);
    expect(await site.assay(['node', 'remove', 'node1', '--yes'])).toMatchObject({
      exitCode: 0,
      stdout: 'node1 is removed',
    });
    expect(site.net.broker.nodes.size).toBe(0);
  });

  it('lists nodes with what they serve and how they are', async () => {
    const empty = await site.assay(['node', 'list']);
    expect(empty).toMatchObject({ exitCode: 0, stdout: '', stderr: 'the network node has no ML nodes yet' });
    await send('add', site.qwen);
    await expect.poll(() => site.net.broker.nodes.get('node1')?.status.current).toBe('INFERENCE');
    const table = await site.assay(['node', 'list']);
    expect(table.stdout).toMatch(
      /^id +host +ports +model +arguments +status +PoC +admin +version +failure$/m,
    );
    expect(table.stdout).toMatch(
      new RegExp(`^node1 .*5050/\\d+ +${QWEN} +tp 2 len 240000 +INFERENCE +IDLE +enabled`, 'm'),
    );
    const [node] = JSON.parse((await site.assay(['node', 'list', '--json'])).stdout);
    expect(node).toMatchObject({ ...site.qwen, status: 'INFERENCE', poc_status: 'IDLE', failure_reason: '' });
  });

  it('says in one line that the admin API is down', async () => {
    const { exitCode, stdout, stderr } = await site.assay([
      'node',
      'list',
      '--admin-url',
      'http://127.0.0.1:9',
    ]);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^assay: the admin API does not answer: .*cannot connect.*--admin-url$/);
  });
});
