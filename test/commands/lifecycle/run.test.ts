import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { addressOf } from '../../../src/simulator/chain/chain.js';
import { type Bootstrap, type BootstrapOptions, POC_START, startBootstrap } from '../../support/bootstrap.js';
import { KIMI, QWEN } from '../../support/site.js';
import { useTempFolder } from '../../support/temp.js';

const temp = useTempFolder();
const open: Bootstrap[] = [];
let count = 0;

afterEach(() => Promise.all(open.splice(0).map((bootstrap) => bootstrap.close())));

async function start(options: Partial<BootstrapOptions> = {}): Promise<Bootstrap> {
  const bootstrap = await startBootstrap({ folder: temp.path(`host${++count}`), ...options });
  open.push(bootstrap);
  return bootstrap;
}

describe('assay lifecycle run', () => {
  it('goes from intent to two validated nodes, and has nothing to do after that', async () => {
    const host = await start({
      mlNodes: [{ weights: { [KIMI]: 'NOT_FOUND' } }, {}],
      host: { at_a_time: 1 },
    });
    const { exitCode, stdout, stderr } = await host.assay('run', '--json');
    expect([exitCode, host.stored(), host.served()]).toEqual([0, 'intent', [KIMI, KIMI]]);
    expect(stderr).toContain('node1: weights downloaded');
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      outcome: 'validated',
      nodes: ['node1', 'node2'].map((id) => ({
        id,
        holds: 'new',
        validation: { verdict: 'PASS', n_total: 200, n_mismatch: 0 },
      })),
    });
    expect(JSON.parse(await readFile(join(host.runFolder, 'report.json'), 'utf8'))).toEqual(report);

    const again = await host.assay('run');
    expect([again.exitCode, again.stdout]).toEqual([0, expect.stringContaining('outcome    validated')]);
    expect([host.sent(), host.changes()]).toEqual([1, { node1: 2, node2: 2 }]);
    const status = await host.assay('status');
    expect(status.stdout).toMatch(/^node2 +validated$/m);

    const aborted = await host.assay('abort', '--yes');
    expect([aborted.exitCode, aborted.stdout, host.served()]).toEqual([
      0,
      'node1: back on its old config\nnode2: back on its old config',
      [QWEN, QWEN],
    ]);
  });

  it('stays on the old model where the snapshot says no', async () => {
    const host = await start({ chain: { choices: { host2: 'intent' } } });
    const { exitCode, stdout } = await host.assay('run');
    expect([exitCode, stdout]).toEqual([
      3,
      expect.stringMatching(/not pre-eligible at the snapshot 3873296/),
    ]);
    expect([host.served(), host.changes()]).toEqual([[QWEN, QWEN], { node1: 1, node2: 1 }]);
  });

  it('takes a node back that comes up with other weights, and keeps the other one', async () => {
    const host = await start({
      mlNodes: [{}, { replicas: ['unrelated', 'unrelated'] }],
      host: { on_validation_failure: { delegate: addressOf('host2') } },
    });
    const { exitCode, stdout } = await host.assay('run');
    expect([exitCode, host.served(), host.stored()]).toEqual([2, [KIMI, QWEN], 'intent']);
    expect(stdout).toMatch(/^node2 +old config, FAIL/m);
  });

  it('stores the fallback of the file when no node passes', async () => {
    const host = await start({
      mlNodes: [{ replicas: ['unrelated', 'unrelated'] }],
      host: { on_validation_failure: { delegate: addressOf('host2') } },
    });
    const { exitCode, stdout } = await host.assay('run');
    expect([exitCode, host.served(), host.stored()]).toEqual([2, [QWEN], 'delegation']);
    expect(stdout).toMatch(/then delegation stored/);
  });

  it('outlasts a chain node that is down across the snapshot', async () => {
    const host = await start();
    const running = host.assay('run');
    await vi.waitFor(() => expect(host.stored()).toBe('intent'), 60_000);
    host.net.faults.broken = '^/(chain|v1)';
    await vi.waitFor(() => expect(host.net.chain.height).toBeGreaterThan(3_873_310), 60_000);
    host.net.faults.broken = null;
    const { exitCode, stderr } = await running;
    expect([exitCode, host.served()]).toEqual([0, [KIMI, KIMI]]);
    expect(stderr).toMatch(/waiting for it\n(.*\n)*the node answers again/);
  });

  it('does not begin a switch that would not end before PoC', async () => {
    const host = await start({ host: { load_time: '10m' } });
    const { exitCode, stderr } = await host.assay('run');
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('the deploy window has 1200 blocks')]);
    expect([host.sent(), host.changes()]).toEqual([0, { node1: 1, node2: 1 }]);
  });

  it.each<[string, number, string[], RegExp]>([
    ['switches a node once its late weights are there', 0, [KIMI, KIMI], /^node1: weights .*downloaded$/m],
    [
      'leaves a node as it is whose weights come too late',
      1,
      [QWEN, KIMI],
      /^node1: .*weights: node1: .* is DOWNLOADING on the node.*; it holds the old config$/m,
    ],
  ])('%s, and the other one goes ahead', async (_, code, served, told) => {
    // The blocks are slow, and the test moves the height: a busy machine has time enough before PoC.
    const window = { params: { epochLength: 3000, deployWindow: 250 }, height: POC_START - 340 };
    const host = await start({
      mlNodes: [{ weights: { [KIMI]: 'NOT_FOUND' }, downloadTimeMs: 600_000 }, {}],
      chain: { blockTimeMs: 400, ...window },
      host: { weights_gb: 594.3 },
    });
    const running = host.assay('run');
    let said = '';
    running.stderr?.on('data', (part) => {
      said += part;
    });
    await vi.waitFor(() => expect(host.stored()).toBe('intent'), 60_000);
    host.net.chain.height = POC_START - 252;
    await vi.waitFor(() => expect(said).toMatch(/^node1: height \d+ is reached/m), 60_000);
    await vi.waitFor(() => expect(host.served()).toEqual([QWEN, KIMI]), 60_000);
    if (code === 0) host.nodes[0]?.endDownloads();
    else host.net.chain.height = POC_START - 40;
    const { exitCode, stderr } = await running;
    expect([exitCode, host.served()], stderr).toEqual([code, served]);
    expect(stderr).toMatch(/^node1: height \d+ is reached, and its weights are not complete$/m);
    expect(stderr).toMatch(told);
    expect(stderr).toMatch(/^node1: warning: too late to switch it in this epoch, .*: its weights need/m);
  });

  it('stops when the choice was changed meanwhile, and there is no terminal to ask', async () => {
    const host = await start({ mlNodes: [{ weights: { [KIMI]: 'NOT_FOUND' }, downloadTimeMs: 600_000 }] });
    // Long before the snapshot.
    host.net.chain.params.deployWindow = 1000;
    const running = host.assay('run');
    await vi.waitFor(() => expect(host.stored()).toBe('intent'), 60_000);
    await vi.waitFor(async () => expect(await journal(host)).toMatch(/"step":"weights"/), 60_000);
    const second = await host.assay('run');
    expect([second.exitCode, second.stderr]).toEqual([1, expect.stringContaining('is in use by process')]);
    const { owner, steps } = JSON.parse((await host.assay('status', '--json')).stdout);
    expect([owner.pid, steps[1].state]).toEqual([running.pid, 'under way']);
    running.kill('SIGINT');
    expect((await running).exitCode).toBe(130);
    host.net.chain.choices.get(KIMI)?.set(addressOf('host1'), { kind: 'refusal' });
    const { exitCode, stderr } = await host.assay('run');
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(
        /the chain has refusal for .* now, where this run had stored intent; set it right/,
      ),
    ]);
    expect(host.sent()).toBe(1);
  });
});

function journal({ runFolder }: Bootstrap): Promise<string> {
  return readFile(join(runFolder, 'journal.jsonl'), 'utf8');
}
