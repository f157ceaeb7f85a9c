import { afterEach, describe, expect, it } from 'vitest';
import { loadGoldenByName } from '../../src/golden/catalog.js';
import type { MlNodeSimulatorOptions } from '../../src/simulator/mlnode/index.js';
import { KIMI, QWEN, type Site, startSite } from '../support/site.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();
const golden = await loadGoldenByName(KIMI);
const sites: Site[] = [];

afterEach(() => Promise.all(sites.splice(0).map((site) => site.close())));

async function prepared(mlNode: Partial<MlNodeSimulatorOptions> = {}) {
  const site = await startSite({ golden, ...mlNode });
  sites.push(site);
  const deploy = (...flags: string[]) =>
    site.assay(
      [
        ...['deploy', '--node-id', 'node1', '--model', KIMI, '--gpu', 'B200', '--host', '127.0.0.1'],
        ...[
          '--poc-port',
          String(site.ml.port),
          ...(flags.includes('--timeout') ? [] : ['--timeout', '20s']),
          ...flags,
        ],
      ],
      { cwd: temp.path('.') },
    );
  return { site, deploy };
}

describe('assay deploy', () => {
  it('registers the node with the published arguments, waits until it serves, and validates', async () => {
    const { site, deploy } = await prepared();
    const { exitCode, stdout, stderr } = await deploy('--validate');
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringMatching(
        /^node1 now serves moonshotai\/Kimi-K2.6 on 2 replicas\nvalidated: PASS .*run in runs\//,
      ),
    ]);
    expect(stderr).toMatch(
      /^ok +phase[\s\S]*node1 is created on the network node\n[\s\S]*waiting for node1: /m,
    );
    expect(stderr).toMatch(/^node1: probe$/m);
    expect(site.ml.running?.args).toContain('--enable-expert-parallel');
    expect(stderr).toMatch(/^config: published at 0b0d2ec \(gonka-ai\/gonka, /m);
  });

  it('tells when the first PoC is, which a new node waits for, and calls it no failure', async () => {
    const { site, deploy } = await prepared();
    site.net.broker.faults.awaitsPoc.push('node1');
    const { exitCode, stdout, stderr } = await deploy('--timeout', '2s');
    const told =
      /node node1: it waits for its first PoC: it starts at height 3874496, about \d{4}-\d\d-\d\d \d\d:\d\d UTC \(in 1[67]/;
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(told)]);
    expect(stderr).not.toMatch(/will not serve|FAILED: No epoch/);
    const json = await deploy('--timeout', '2s', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ serving: null, awaits_poc: expect.stringMatching(told) });
    const validated = await deploy('--timeout', '2s', '--validate');
    expect([validated.exitCode, validated.stderr]).toEqual([1, expect.stringMatching(told)]);
  });

  it('sends nothing when it is all there, and restarts the model when arguments change', async () => {
    const { site, deploy } = await prepared();
    await deploy();
    const again = await deploy('--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ checks: [], id: 'node1', result: 'unchanged' });
    const changed = await deploy(
      '--set-arg',
      '--max-num-seqs=64',
      '--drop-arg',
      '--disable-custom-all-reduce',
    );
    expect(changed).toMatchObject({ exitCode: 0, stdout: expect.not.stringContaining('no restart') });
    expect(site.ml.running?.args).toContain('64');
    expect(site.ml.running?.args).not.toContain('--disable-custom-all-reduce');
    expect(site.net.broker.changes).toEqual({ node1: 2 });
  });

  it('says why the model will not serve', async () => {
    const { site, deploy } = await prepared();
    site.ml.failNextStart({ error: 'CUDA out of memory', shownMs: 10_000 });
    const { exitCode, stderr } = await deploy();
    expect([exitCode, stderr.split('\n').at(-1)]).toEqual([
      1,
      expect.stringMatching(
        /^assay: node node1: will not serve: the network node says FAILED: CUDA out of memory; correct/,
      ),
    ]);
  });

  it('says that the epoch’s model wins for an id of the running epoch, and what to do', async () => {
    const { site, deploy } = await prepared();
    site.net.broker.register(site.qwen);
    site.net.epochNodes.set('node1', QWEN);
    const refused = await deploy();
    expect([refused.exitCode, site.net.broker.changes]).toEqual([1, { node1: 1 }]);
    expect(refused.stderr.split('\n').at(-1)).toMatch(
      /keeps serving Qwen\/.* under this id until the epoch ends.*new id.*next epoch.*--force epoch-model/,
    );
    const forced = await deploy('--force', 'epoch-model', '--timeout', '1s');
    expect([forced.exitCode, forced.stderr.split('\n').at(-1)]).toEqual([
      1,
      expect.stringMatching(
        /does not serve after 1 s: the network node keeps serving Qwen.*the new config is stored/,
      ),
    ]);
    site.net.epochNodes.clear();
    await expect.poll(() => site.ml.running?.model).toBe(KIMI);
  });

  it('names the known GPU classes', async () => {
    const { site } = await prepared();
    const args = ['--node-id', 'n', '--model', 'moonshotai/Kimi-K2.6', '--gpu', 'T4', '--host', 'h'];
    const { exitCode, stderr } = await site.assay(['deploy', ...args]);
    expect([exitCode, stderr]).toEqual([
      1,
      'assay: unknown GPU class T4; known are B200, B300, H100, H200, A100, default',
    ]);
  });
});
