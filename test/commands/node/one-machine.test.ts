import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { loadGoldenByName } from '../../../src/golden/catalog.js';
import { KIMI, QWEN, type Site, startSite } from '../../support/site.js';
import { useTempFolder } from '../../support/temp.js';

const golden = await loadGoldenByName(KIMI);

/** The default set-up: network node and ML node in containers of one machine, and we in the machine's shell. */
describe('a host of one machine, whose ML node is "inference" to the network node', {
  timeout: 120_000,
}, () => {
  const temp = useTempFolder();
  let site: Site;
  afterEach(() => site.close());

  async function prepared() {
    site = await startSite({ golden }, 'inference');
    site.net.broker.register(site.qwen);
    await expect.poll(() => site.net.broker.nodes.get('node1')?.status.current).toBe('INFERENCE');
    const to = await temp.write('kimi.json', site.kimi);
    const cwd = temp.path('.');
    const assay = (...args: string[]) => site.assay(args, { cwd });
    return { to, assay, reach: ['--reach', `node1=${site.ml.url}`] };
  }

  it('is switched and validated from the machine’s shell with --reach', async () => {
    const { to, assay, reach } = await prepared();
    const { exitCode, stdout, stderr } = await assay(
      'node',
      'switch',
      'node1',
      '--to',
      to,
      '--yes',
      ...reach,
    );
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('node1 is switched')]);
    expect(stderr).toMatch(/^ok +gpus +node1: 2 × 4 of 8 GPUs/m);
    expect(site.net.broker.nodes.get('node1')?.node.host).toBe('inference');
    expect(site.ml.running?.model).toBe(KIMI);

    const run = ['validate', '--node-config', to, '--model', KIMI, '--skip-throughput', '--exp-dir'];
    const validated = await assay(...run, temp.path('run'), ...reach);
    expect([validated.exitCode, validated.stdout]).toEqual([0, expect.stringContaining('PASS')]);
    const lost = await assay(...run, temp.path('lost'));
    expect([lost.exitCode, lost.stdout + lost.stderr]).toEqual([
      1,
      expect.stringMatching(
        /"inference" looks like a container's name.*--reach node1=http:\/\/127\.0\.0\.1:/s,
      ),
    ]);
  });

  it('is refused without a way to the node, and goes by the network node’s word where nothing is validated', async () => {
    const { to, assay } = await prepared();
    const start = ['node', 'switch', 'node1', '--to', to, '--yes'];
    const refused = await assay(...start);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/nothing was changed.*--reach node1=http:\/\/127\.0\.0\.1:/);
    expect(site.ml.running?.model).toBe(QWEN);

    const { exitCode, stderr } = await assay(...start, '--skip-validate', '--run-dir', temp.path('sw'));
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^warning +weights +node1: not known: this machine does not reach the node/m);
    expect(stderr).toContain('the network node reports INFERENCE; this machine cannot reach the ML node');
    expect(site.ml.running?.model).toBe(KIMI);
  });

  it('keeps how a node is reached with the switch, without credentials', async () => {
    const { to, assay } = await prepared();
    const url = site.ml.url.replace('//', '//host:hush@');
    const dir = temp.path('kept');
    const args = ['node', 'switch', 'node1', '--to', to, '--yes', '--skip-validate', '--run-dir', dir];
    const { exitCode, stderr } = await assay(...args, '--reach', `node1=${url}`);
    expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('hush')]);
    const journal = await readFile(`${dir}/journal.jsonl`, 'utf8');
    expect(journal).toContain(`"reach":{"node1":"${site.ml.url}"}`);
    const stranger = await assay('node', 'switch', '--resume', dir, '--reach', 'node2=http://h:1');
    expect(stranger).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('no such node here') });
  });

  it('is deployed to, and understood where the network node lists it with a scheme', async () => {
    const { assay, reach } = await prepared();
    site.net.broker.nodes.clear();
    const parts = [
      '--node-id',
      'node1',
      '--model',
      KIMI,
      '--gpu',
      'B200',
      '--poc-port',
      String(site.ml.port),
    ];
    const refused = await assay('deploy', ...parts, '--host', 'http://inference:8080', '--yes');
    expect(refused).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('host has a scheme and a port: write "host": "inference"'),
    });
    const deployed = await assay('deploy', ...parts, '--host', 'inference', '--yes', ...reach);
    expect([deployed.exitCode, deployed.stderr]).toEqual([0, expect.stringMatching(/^ok +gpus/m)]);

    const kept = site.net.broker.nodes.get('node1');
    if (kept === undefined) throw new Error('node1 is not there');
    kept.node.host = 'http://127.0.0.1';
    const to = await temp.write('qwen.json', { ...site.qwen, host: '127.0.0.1' });
    const dir = temp.path('schemes');
    const switched = await assay(
      'node',
      'switch',
      'node1',
      '--to',
      to,
      '--yes',
      '--skip-validate',
      '--run-dir',
      dir,
    );
    expect([switched.exitCode, switched.stderr]).toEqual([0, expect.not.stringContaining('internal error')]);
    expect(JSON.parse(await readFile(`${dir}/before.json`, 'utf8')).host).toBe('http://127.0.0.1');
    expect((await assay('node', 'switch', '--resume', dir)).exitCode).toBe(0);
  });
});
