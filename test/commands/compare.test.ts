import { appendFile, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { canonicalGolden } from '../../src/golden/canonical.js';
import { goldenFolder } from '../../src/golden/catalog.js';
import { artifactFile, atAngle } from '../support/artifact-file.js';
import { assay, assayHere } from '../support/assay.js';
import { oracles, relativeError } from '../support/oracles.js';
import { observed, writeRunFolder } from '../support/run-folder.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();
const deepgemm = `${goldenFolder}/qwen-qwen3-235b-a22b-instruct-2507-fp8-deepgemm.json`;

describe('assay compare', () => {
  it('measures the two published Qwen3-235B references as numpy does', async () => {
    const { stdout, exitCode } = await assay([
      'compare',
      'Qwen/Qwen3-235B-A22B-Instruct-2507-FP8',
      deepgemm,
      '--json',
    ]);
    expect(exitCode).toBe(0);
    const pair = JSON.parse(stdout).pairs[0];
    const oracle = oracles.qwen235b_default_vs_deepgemm;
    expect(pair.common).toBe(32);
    expect(pair.n_mismatch).toBe(1);
    expect(pair.missing_in_a.count).toBe(1968);
    expect(relativeError(pair.l2.mean, oracle.l2_mean)).toBeLessThan(1e-12);
    expect(relativeError(pair.l2.max, oracle.l2_max)).toBeLessThan(1e-12);
    const cosines = oracle.per_nonce.map(({ cosine }) => 1 - cosine);
    expect(pair.cosine_distance.mean).toBeCloseTo(cosines.reduce((x, y) => x + y) / 32, 12);
  });

  it('gives the matrix of all pairs, whatever the distances, with the threshold from the command line', async () => {
    const files = await Promise.all(
      [0, 0.1, 1].map((angle) =>
        temp.write(
          `angle-${angle}.json`,
          artifactFile([
            [0, atAngle(angle)],
            [1, atAngle(angle)],
          ]),
        ),
      ),
    );
    const { stdout, exitCode } = await assayHere(['compare', ...files, '--threshold=0.05', '--json']);
    expect(exitCode).toBe(0);
    const { pairs, stat_test } = JSON.parse(stdout);
    expect(stat_test.values.dist_threshold).toBe(0.05);
    expect(stat_test.source.dist_threshold).toBe('command line');
    expect(pairs.map(({ a, b }: { a: string; b: string }) => [files.indexOf(a), files.indexOf(b)])).toEqual([
      [0, 1],
      [0, 2],
      [1, 2],
    ]);
    expect(pairs.map(({ n_mismatch }: { n_mismatch: number }) => n_mismatch)).toEqual([2, 2, 2]);
    const page = temp.path('pairs.html');
    const told = await assayHere(['compare', ...files, '--html', page]);
    expect(told.stdout).toContain('mean L2 distance');
    expect(told.stderr).toBe(`page written to ${page}`);
    expect(await readFile(page, 'utf8')).toContain('<h1>3 recordings compared</h1>');
  });

  it('pairs a run with a reference, and splits a run that asked every replica', async () => {
    const reference = await temp.write(
      'ref.json',
      canonicalGolden(
        artifactFile([
          [0, atAngle(0)],
          [1, atAngle(0)],
          [2, atAngle(0)],
        ]),
      ),
    );
    const run = await writeRunFolder(temp.path('run'), [
      observed(0, atAngle(0.1)),
      observed(2, atAngle(0.1), 5002),
      { nonce: 1, why: 'missing', mismatch: true },
    ]);
    // What a kill left behind the last whole line.
    await appendFile(`${run}/observations.jsonl`, '{"nonce":7,"vec');
    const single = JSON.parse((await assayHere(['compare', reference, run, '--json'])).stdout);
    expect(single.pairs[0]).toMatchObject({ common: 3, n_mismatch: 1, n_without_distance: 1 });

    const every = await writeRunFolder(temp.path('every'), [
      observed(0, atAngle(0), 5001),
      observed(0, atAngle(0.3), 5002),
      observed(1, atAngle(0), 5001),
      observed(1, atAngle(0.3), 5002),
    ]);
    const split = JSON.parse((await assayHere(['compare', every, '--json'])).stdout);
    expect(split.pairs).toHaveLength(1);
    expect(split.pairs[0].b).toContain('replica 5002');
    expect(split.pairs[0].l2.mean).toBeCloseTo(2 * Math.sin(0.15), 3);
  });

  const two = artifactFile([
    [0, atAngle(0)],
    [1, atAngle(0)],
  ]);
  it.each([
    ['another model', { ...two, model: 'other/model' }, 'model'],
    [
      'another k_dim',
      { ...two, k_dim: 6, artifacts: [{ nonce: 0, vector_b64: 'AAAAAAAAAAAAAAAA' }] },
      'k_dim',
    ],
    ['another encoding', { ...two, encoding: { dtype: 'f32' } }, 'f32'],
    ['another block hash', { ...two, block_hash: 'x' }, 'block_hash'],
    ['double nonces', { ...two, artifacts: [two.artifacts[0], two.artifacts[0]] }, 'listed twice'],
    [
      'no nonce in common',
      artifactFile([
        [7, atAngle(0)],
        [8, atAngle(0)],
      ]),
      '0 common nonces',
    ],
    ['one vector', artifactFile([[0, atAngle(0)]]), '1 common nonce'],
    [
      'a NaN',
      artifactFile([
        [0, atAngle(Number.NaN)],
        [1, atAngle(0)],
      ]),
      'NaN',
    ],
    ['an interrupted file', JSON.stringify(two).slice(0, -50), 'not JSON'],
    ['a file of no vectors', artifactFile([]), 'artifacts'],
    ['a list', [1], 'top level'],
  ])('refuses %s in one line', async (name, other, reason) => {
    const a = await temp.write('two.json', two);
    const b = await temp.write(`${name}.json`, other);
    const { stdout, stderr, exitCode } = await assayHere(['compare', a, b]);
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.split('\n')).toHaveLength(1);
    expect(stderr).toContain(reason);
  });

  it.each([
    [['nowhere.json', deepgemm], 'no such file'],
    [[deepgemm], 'one recording cannot be compared'],
    [[deepgemm, deepgemm, '--threshold=2'], '--threshold'],
    [[goldenFolder, deepgemm], 'validate_config.json'],
    [[], 'needs <source..>'],
  ])('refuses %j', async (args, reason) => {
    const { stderr, exitCode } = await assayHere(['compare', ...args]);
    expect(exitCode).toBe(1);
    expect(stderr.split('\n')).toHaveLength(1);
    expect(stderr).toContain(reason);
  });
});
