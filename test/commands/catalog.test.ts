import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canonicalGolden, fileOf } from '../../src/golden/canonical.js';
import { findGolden, goldenFolder } from '../../src/golden/catalog.js';
import { vectorsSha256 } from '../../src/schemes/vectors-sha256.js';
import { assay } from '../support/assay.js';
import { head } from '../support/golden.js';
import { KIMI } from '../support/site.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();
const golden = fileOf(head(await findGolden(KIMI), 32));
const NODE = {
  ...{ id: 'node1', host: 'inference', inference_port: 5000, poc_port: 8080, max_concurrent: 500 },
  models: { [KIMI]: { args: ['--tensor-parallel-size', '4'] } },
};

interface Row {
  kind: string;
  name: string;
  mark: string;
  refused: string | null;
}

async function listed(catalog: string): Promise<Row[]> {
  const { stdout } = await assay(['catalog', 'list', '--catalog', catalog, '--json']);
  return (JSON.parse(stdout) as { entries: Row[] }).entries;
}

describe('assay catalog', () => {
  it('adds what passes its check, and lists it first and marked', async () => {
    const catalog = temp.path('mine');
    const own = await temp.write('moonshotai-kimi-k2.6.json', JSON.parse(canonicalGolden(golden)));
    const node = await temp.write('kimi-nodes.json', [NODE, { ...NODE, id: 'node2', poc_port: 8081 }]);
    const added = await assay(['catalog', 'add', own, node, '--gpu', 'b200', '--catalog', catalog]);
    expect(added).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^added .*golden[\s\S]*^added .*_b200.json$/m),
    });
    const config = JSON.parse(
      await readFile(join(catalog, 'node-configs', 'moonshotai-kimi-k2.6_b200.json'), 'utf8'),
    );
    expect(config).toMatchObject({
      model: KIMI,
      gpu: 'B200',
      nodes: 2,
      args: ['--tensor-parallel-size', '4'],
    });
    const again = await assay(['catalog', 'add', own, '--catalog', catalog]);
    expect(again.stdout).toMatch(/^unchanged /);
    const rows = await listed(catalog);
    expect(
      rows.filter(({ name }) => name === 'moonshotai-kimi-k2.6').map(({ kind, mark }) => [kind, mark]),
    ).toEqual([
      ['reference', 'yours'],
      ['reference', 'replaced by yours'],
      ['model', ''],
    ]);
    const shown = await assay(['golden', 'show', KIMI, '--catalog', catalog, '--json']);
    expect(JSON.parse(shown.stdout)).toMatchObject({
      vectors: 32,
      path: join(catalog, 'golden', 'moonshotai-kimi-k2.6.json'),
    });
  });

  it('copies nothing where one file is refused, and replaces only when told', async () => {
    const catalog = temp.path('refusing');
    const good = await temp.write('good.json', JSON.parse(canonicalGolden(golden)));
    const bad = await temp.write('bad.json', { ...golden, artifacts: [{ nonce: 0, vector_b64: 'AAAA' }] });
    const refused = await assay(['catalog', 'add', good, bad, '--catalog', catalog]);
    expect([refused.exitCode, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toMatch(/bad.json: nonce 0: /);
    expect((await listed(catalog)).filter(({ mark }) => mark === 'yours')).toEqual([]);
    const nowhere = await assay(['catalog', 'list', '--catalog', temp.path('nowhere')]);
    expect([nowhere.exitCode, nowhere.stderr]).toEqual([
      1,
      expect.stringMatching(/no such folder; correct --catalog or ASSAY_CATALOG/),
    ]);
    const noFolder = await assay(['catalog', 'add', good, '--catalog', good]);
    expect(noFolder).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(
        /^assay: cannot make the catalogue folder .*good.json: .*nothing was copied$/,
      ),
    });
    await assay(['catalog', 'add', good, '--catalog', catalog]);
    await mkdir(temp.path('other'));
    const other = await temp.write(
      'other/good.json',
      JSON.parse(canonicalGolden({ ...golden, notes: 'other' })),
    );
    const clash = await assay(['catalog', 'add', other, '--catalog', catalog]);
    expect([clash.exitCode, clash.stderr]).toEqual([
      1,
      expect.stringContaining('there already, with other content; give --replace'),
    ]);
    expect((await assay(['catalog', 'add', other, '--catalog', catalog, '--replace'])).stdout).toMatch(
      /^replaced /,
    );
    expect((await assay(['catalog', 'add', good])).stderr).toContain(
      'no catalogue is given; give --catalog DIR',
    );
  });

  it('lists broken files and links as refused, and lets them stand in the way of their own model alone', async () => {
    const catalog = temp.path('broken');
    await mkdir(join(catalog, 'golden'), { recursive: true });
    await temp.write('broken/stray.json', '{');
    await temp.write('broken/golden/zai-org-glm-5.3-flash.json', '{');
    await symlink('/nowhere', join(catalog, 'golden', 'dangling.json'));
    await symlink(join(goldenFolder, 'qwen-qwen3-0.6b.json'), join(catalog, 'golden', 'linked.json'));
    const rows = (await listed(catalog)).filter(({ mark }) => mark === 'yours');
    expect(rows.map(({ name, refused }) => [name, refused === null])).toEqual([
      ['dangling.json', false],
      ['linked', true],
      ['zai-org-glm-5.3-flash.json', false],
      ['stray.json', false],
    ]);
    const named = await assay(['golden', 'list', '--catalog', catalog]);
    expect([named.exitCode, named.stderr]).toEqual([
      1,
      expect.stringMatching(/^refused: .*zai-org.*not JSON/m),
    ]);
    const glm = await assay(['golden', 'show', 'zai-org/GLM-5.3-Flash', '--catalog', catalog]);
    expect([glm.exitCode, glm.stderr]).toEqual([
      1,
      expect.stringMatching(/not JSON.*; correct the file, or remove it/),
    ]);
    expect((await assay(['golden', 'show', KIMI, '--catalog', catalog])).exitCode).toBe(0);
  });
});

describe('a superseded reference', () => {
  it('is known by its vectors, and not by its name', async () => {
    const catalog = temp.path('superseding');
    await mkdir(join(catalog, 'models'), { recursive: true });
    const file = fileOf(head(await findGolden(KIMI), 8));
    await temp.write('superseding/models/kimi.json', {
      ...{ schema_version: 1, model: KIMI, honest: [], other_weights: [] },
      superseded: [
        {
          vectors_sha256: vectorsSha256(file.artifacts),
          reason: 'its heads are wrong',
          successor: 'new-kimi',
        },
      ],
    });
    const old = await temp.write('any-name.json', JSON.parse(canonicalGolden(file)));
    const verified = await assay(['golden', 'verify', old, '--catalog', catalog]);
    expect(verified.stdout).toContain('superseded: its heads are wrong; take new-kimi');
    const added = await assay(['catalog', 'add', old, '--catalog', catalog]);
    expect([added.exitCode, added.stderr]).toEqual([
      1,
      expect.stringContaining('superseded: its heads are wrong'),
    ]);
  });
});

describe('a name of `assay golden list`', () => {
  it('is taken by show and verify, with and without .json', async () => {
    const names = ['zai-org-glm-5.3-flash-h100-tp8', 'minimaxai-minimax-m2.7.json'];
    const { exitCode, stdout } = await assay(['golden', 'verify', ...names, 'qwen-qwen3-32b-fp9']);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /^good .*tp8.json: 1000 vectors[\s\S]*^good .*m2.7.json: 200 vectors[\s\S]*^refused .*qwen3-32b-fp9/m,
    );
  });
});
