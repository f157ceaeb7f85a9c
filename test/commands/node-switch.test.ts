import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, describe, expect, it } from 'vitest';
import { loadGoldenByName } from '../../src/golden/catalog.js';
import { differences } from '../../src/network/compare.js';
import type { NodeObject } from '../../src/network/node-object.js';
import { packageRoot } from '../../src/paths.js';
import type { MlNodeSimulatorOptions } from '../../src/simulator/mlnode/index.js';
import { KIMI, QWEN, type Site, startSite } from '../support/site.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();
const golden = await loadGoldenByName(KIMI);
const OUT_OF_MEMORY = { error: 'CUDA out of memory', shownMs: 300, downMs: 100 };
const sites: Site[] = [];
let runs = 0;

afterEach(() => Promise.all(sites.splice(0).map((site) => site.close())));

/** A site whose node1 serves Qwen, the file of its Kimi config, and a fresh name for the run folder. */
async function prepared(mlNode: Partial<MlNodeSimulatorOptions> = {}) {
  const site = await startSite({ golden, ...mlNode });
  sites.push(site);
  site.net.broker.register(site.qwen);
  await expect.poll(() => site.net.broker.nodes.get('node1')?.status.current).toBe('INFERENCE');
  const run = `run-${++runs}`;
  const to = await temp.write(`${run}.json`, site.kimi);
  const cwd = temp.path('.');
  const assay = (...flags: string[]) => site.assay(['node', 'switch', ...flags], { cwd });
  return { site, assay, run, cwd, start: ['node1', '--to', to, '--timeout', '20s', '--run-dir', run] };
}

/** The config that the network node holds. */
function held({ net }: Site): 'new' | 'old' | 'neither' {
  const site = sites.at(-1)!;
  const node = net.broker.nodes.get('node1')?.node as NodeObject;
  if (differences(site.kimi, node).length === 0) return 'new';
  return differences(site.qwen, node).length === 0 ? 'old' : 'neither';
}

describe('assay node switch', () => {
  it('applies, waits, validates, and keeps the old config in a file', async () => {
    const { site, assay, run, cwd, start } = await prepared();
    const { exitCode, stdout } = await assay(...start);
    expect([exitCode, stdout]).toEqual([0, `node1 is switched; run in ${run}`]);
    expect(held(site)).toBe('new');
    expect(site.ml.running?.model).toBe(KIMI);
    const before = JSON.parse(await readFile(join(cwd, run, 'before.json'), 'utf8'));
    expect(differences(site.qwen, before)).toEqual([]);
    // A finished one has nothing left to do.
    expect((await assay('--resume', run)).exitCode).toBe(0);
    expect(site.net.broker.changes).toEqual({ node1: 2 });
  });

  it('writes no credentials of the admin URL to its folder', async () => {
    const { site, assay, run, cwd, start } = await prepared();
    const url = site.net.url.replace('//', '//host:hush@');
    const { exitCode, stderr } = await assay(...start, '--skip-validate', '--admin-url', url);
    expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('hush')]);
    const journal = await readFile(join(cwd, run, 'journal.jsonl'), 'utf8');
    expect(journal).toContain(`"adminUrl":"${site.net.url}"`);
  });

  it('goes back when the new model does not start, and waits for the old one', async () => {
    const { site, assay, start } = await prepared();
    site.ml.failNextStart(OUT_OF_MEMORY);
    const { exitCode, stderr } = await assay(...start);
    expect(exitCode).toBe(1);
    expect(stderr.split('\n').at(-1)).toMatch(/FAILED: .*; the old config is back and serves/);
    expect([held(site), site.ml.running?.model]).toEqual(['old', QWEN]);
  });

  it('goes back when the validation fails, with its exit code', async () => {
    const { site, assay, start } = await prepared({ replicas: ['unrelated', 'unrelated'] });
    const { exitCode, stderr } = await assay(...start);
    expect([exitCode, held(site), site.ml.running?.model]).toEqual([2, 'old', QWEN]);
    expect(stderr.split('\n').at(-1)).toMatch(/does not pass: FAIL .*; the old config is back and serves/);
  });

  it('leaves the new config with --no-rollback', async () => {
    const { site, assay, start } = await prepared();
    site.ml.failNextStart(OUT_OF_MEMORY);
    const { exitCode, stderr } = await assay(...start, '--no-rollback');
    expect([exitCode, held(site)]).toEqual([1, 'new']);
    expect(stderr).toContain('the new config stays (--no-rollback)');
  });

  it('goes back when the network node refuses, or does not keep what was sent', async () => {
    const refusing = await prepared();
    refusing.site.net.broker.faults.refuse = 1;
    const refused = await refusing.assay(...refusing.start);
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('the old config is back') });
    expect(refusing.site.net.broker.changes).toEqual({ node1: 1 });
  });

  it('changes nothing where the epoch’s model is served on, unless forced', async () => {
    const { site, assay, start } = await prepared();
    site.net.epochNodes.set('node1', QWEN);
    const { exitCode, stderr } = await assay(...start);
    expect([exitCode, held(site)]).toEqual([1, 'old']);
    expect(stderr).toMatch(/^FAILED +epoch-model .*new id.*next epoch/m);
    const forced = await assay(...start.with(4, '1s'), '--force', 'epoch-model');
    expect([forced.exitCode, held(site)]).toEqual([1, 'old']);
    expect(forced.stderr).toContain('the model of the running epoch');
  });

  it.each<[string, (site: Site) => unknown, RegExp]>([
    ['an array', (site) => [site.kimi], /an array, where one node object is meant/],
    ['another node', (site) => ({ ...site.kimi, id: 'node2' }), /is the config of node node2, not of node1/],
    ['the present config', (site) => site.qwen, /no golden reference|has that config already/],
  ])('refuses %s', async (_, content, reason) => {
    const { site, assay, run } = await prepared();
    const to = await temp.write(`${run}-bad.json`, content(site));
    const { exitCode, stderr } = await assay('node1', '--to', to, '--skip-validate');
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(reason)]);
    expect(site.net.broker.changes).toEqual({ node1: 1 });
  });

  it('does not go on over the head of somebody who changed the node meanwhile', async () => {
    const { site, assay, run, cwd, start } = await prepared();
    await killedAt(8, site, cwd, start);
    site.net.broker.update({ ...site.qwen, max_concurrent: 3 });
    const { exitCode, stderr } = await assay('--resume', run);
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(/node1 was changed by somebody else: max_concurrent|not as it was sent/),
    ]);
  });

  it('refuses a folder that is no run, and one that is used', async () => {
    const { assay, run, start } = await prepared();
    const none = await assay('--resume', temp.path('nowhere'));
    expect(none).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('is no run of a switch') });
    await temp.write('used', 'a file');
    const used = await assay(...start.slice(0, -1), 'used');
    expect(used).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('run folder used') });
    expect(run).toBeTruthy();
  });
});

describe('a switch that is killed', () => {
  /** Kills switches at one moment after the other, until one ends before it; returns the last moment. */
  async function killAtEach(
    first: number,
    flags: string[],
    check: (killed: Awaited<ReturnType<typeof prepared>>) => Promise<void>,
    prepare: (site: Site) => void = () => {},
  ): Promise<number> {
    for (let moment = first; ; moment++) {
      const killed = await prepared();
      prepare(killed.site);
      if (!(await killedAt(moment, killed.site, killed.cwd, [...killed.start, ...flags]))) return moment - 1;
      await check(killed);
      await Promise.all(sites.splice(0).map((site) => site.close()));
    }
  }

  it('at any moment, and resumed, ends with exactly the new config, applied once', async () => {
    // The moments before only make the run folder.
    const last = await killAtEach(4, ['--skip-validate'], async ({ site, assay, run }) => {
      const resumed = await assay('--resume', run);
      if (/nothing was changed|is no run/.test(resumed.stderr)) {
        expect([held(site), site.net.broker.changes]).toEqual(['old', { node1: 1 }]);
      } else {
        expect([resumed.exitCode, held(site), site.ml.running?.model]).toEqual([0, 'new', KIMI]);
        expect(site.net.broker.changes).toEqual({ node1: 2 });
      }
    });
    expect(last).toBeGreaterThanOrEqual(11);
  }, 240_000);

  it('at any moment of the way back, and resumed, ends with exactly the old config', async () => {
    const check = async ({ site, assay, run }: Awaited<ReturnType<typeof prepared>>) => {
      const resumed = await assay('--resume', run);
      expect([resumed.exitCode, held(site), site.ml.running?.model]).toEqual([1, 'old', QWEN]);
      expect(resumed.stderr).toContain('the old config is back and serves');
      expect(site.net.broker.changes).toEqual({ node1: 3 });
    };
    const last = await killAtEach(8, [], check, ({ ml }) => ml.failNextStart(OUT_OF_MEMORY));
    expect(last).toBeGreaterThanOrEqual(14);
  }, 240_000);

  it('before it validates, and resumed, validates', async () => {
    const { site, assay, run, cwd, start } = await prepared();
    // The eleventh moment: that the model serves is recorded.
    expect(await killedAt(11, site, cwd, start)).toBe(true);
    const { exitCode, stderr } = await assay('--resume', run);
    expect([exitCode, held(site)]).toEqual([0, 'new']);
    expect(stderr.split('\n')[0]).toBe('validating');
  });
});

/** Starts a switch that is killed at a moment; false when it ended before. */
async function killedAt(moment: number, site: Site, cwd: string, start: string[]): Promise<boolean> {
  const preload = `${packageRoot}/test/support/kill-at.mjs`;
  const args = ['--import', preload, `${packageRoot}/dist/main.js`, 'node', 'switch', ...start];
  const env = { ...site.env, KILL_AT: String(moment) };
  const { signal } = await execa(process.execPath, args, { cwd, env, reject: false, stdin: 'ignore' });
  return signal === 'SIGKILL';
}
