import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockFolder } from '../../../src/journal/folder-lock.js';
import { differences } from '../../../src/network/compare.js';
import { readSwitch } from '../../../src/network/switch/switch-folder.js';
import { KIMI, QWEN, type Site } from '../../support/site.js';
import { held, killedAt, OUT_OF_MEMORY, useSwitches } from '../../support/switches.js';

const { temp, prepared } = useSwitches();

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

  it('is resumed by one process at a time', async () => {
    const { assay, run, cwd, start } = await prepared();
    await assay(...start);
    const release = await lockFolder(join(cwd, run));
    const { exitCode, stderr } = await assay('--resume', run);
    await release();
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/is in use by process/)]);
    expect((await assay('--resume', run)).exitCode).toBe(0);
    await expect(readSwitch(join(cwd, run), 'node2')).rejects.toThrow(
      /is the switch of node node1, not of node2/,
    );
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
    expect(stderr.split('\n').at(-1)).toMatch(
      /the validation result is FAIL .*; the old config is back and serves/,
    );
  });

  it('leaves a node that waits for its first PoC as it is, to be gone on with', async () => {
    const { site, assay, run, start } = await prepared();
    site.net.broker.faults.awaitsPoc.push('node1');
    const { exitCode, stderr } = await assay(...start.map((word) => (word === '20s' ? '2s' : word)));
    expect([exitCode, held(site)]).toEqual([1, 'new']);
    expect(stderr).toMatch(/waits for its first PoC: it starts at height 3874496/);
    expect(stderr).toContain(`to continue: assay node switch --resume ${run}`);
    site.net.broker.faults.awaitsPoc.pop();
    expect((await assay('--resume', run)).stderr).toContain('waiting for the new model');
  });

  it('does not go back for a fault of this machine, and goes on when that is mended', async () => {
    const { site, assay, run, cwd, start } = await prepared();
    await rm(join(cwd, 'runs'), { recursive: true, force: true });
    await writeFile(join(cwd, 'runs'), 'no folder');
    const { exitCode, stderr } = await assay(...start);
    expect([exitCode, held(site), site.ml.running?.model]).toEqual([1, 'new', KIMI]);
    expect(stderr).toMatch(/cannot write runs\/.*\n?/);
    expect(stderr).toContain(`to continue: assay node switch --resume ${run}`);
    await rm(join(cwd, 'runs'));
    expect((await assay('--resume', run)).exitCode).toBe(0);
    expect(site.net.broker.changes).toEqual({ node1: 2 });
  });

  it('sends no config while weight is being measured, and goes on after that', async () => {
    const { site, assay, run, start } = await prepared();
    site.ml.failNextStart({ ...OUT_OF_MEMORY, shownMs: 1500 });
    const switching = assay(...start);
    await expect.poll(() => held(site), { timeout: 20_000 }).toBe('new');
    site.net.chain.phaseOverride = 'PoCGenerate';
    const { exitCode, stderr } = await switching;
    expect([exitCode, held(site)]).toEqual([1, 'new']);
    expect(stderr).toMatch(/nothing was sent to the network node: the network is in phase PoCGenerate/);
    const again = await assay('--resume', run);
    expect([again.exitCode, held(site)]).toEqual([1, 'new']);
    site.net.chain.phaseOverride = null;
    const ended = await assay('--resume', run);
    expect(ended.stderr.split('\n').at(-1)).toMatch(/the old config is back and serves/);
    expect([ended.exitCode, held(site)]).toEqual([1, 'old']);
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
    ['an array', (site) => [site.kimi], /an array, but one node object is needed/],
    ['another node', (site) => ({ ...site.kimi, id: 'node2' }), /is the config of node node2, not of node1/],
    ['the present config', (site) => site.qwen, /no reference for|has that config already/],
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
      expect.stringMatching(/node1 was changed by somebody else: max_concurrent|differs from what was sent/),
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
