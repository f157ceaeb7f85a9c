import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../src/paths.js';

describe('the packed package, installed into an empty folder', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-package-'));
    await execa('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: packageRoot });
    const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz')) as string;
    await writeFile(join(folder, 'package.json'), '{"private":true,"type":"module"}');
    await execa('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${tarball}`], {
      cwd: folder,
    });
  }, 180_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  const assay = (...args: string[]) =>
    execa(join(folder, 'node_modules/.bin/assay'), args, { cwd: folder, reject: false });

  it('has its golden references', async () => {
    const { stdout, exitCode } = await assay('golden', 'list', '--json');
    expect(exitCode).toBe(0);
    const found = (JSON.parse(stdout) as { model: string; vectors: number }[]).map(({ model, vectors }) => [
      model,
      vectors,
    ]);
    expect(found).toContainEqual(['moonshotai/Kimi-K2.6', 200]);
    expect(found).toContainEqual(['Qwen/Qwen3-235B-A22B-Instruct-2507-FP8', 2000]);
  });

  it('passes on the licences of what it bundles, and nothing of the build', async () => {
    const own = join(folder, 'node_modules/mlnode-assay');
    const notices = await readFile(join(own, 'dist/THIRD_PARTY_NOTICES.txt'), 'utf8');
    for (const name of ['preact', '@observablehq/plot', 'bullmq', 'ioredis', 'prom-client', 'yargs'])
      expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+`, 'm'));
    for (const text of notices.split(`\n${'-'.repeat(80)}\n`)) expect(text).toMatch(/copyright|licen[cs]e/i);
    const files = await readdir(own, { recursive: true });
    expect(files).toContain('LICENSE');
    expect(
      files.filter((name) => /(?:^|\/)\.(?!bin)|\.tsbuildinfo$|(?:^|\/)(?:src|test|scripts)\//.test(name)),
    ).toEqual([]);
  });

  it('validates a node, with worker threads and all', async () => {
    const { stdout, stderr, exitCode } = await assay('demo', '--json', '--quiet', '--batch-time-ms', '20');
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'PASS', validation: { response: { n_total: 200 } } });
  });

  it('is a library, and ships its schemas', async () => {
    const program = `
      import { cosineDistance, decodeVector, judge, l2Distance, loadGolden, statTest, validateNode } from 'mlnode-assay';
      import { createRequire } from 'node:module';
      const schema = createRequire(import.meta.url)('mlnode-assay/schemas/validate-report.schema.json');
      const parts = [cosineDistance, decodeVector, judge, l2Distance, loadGolden, statTest, validateNode].map((part) => typeof part);
      const test = statTest({ nTotal: 200, nMismatch: 28, pMismatch: 0.1, fraudThreshold: 0.05 });
      console.log(JSON.stringify({ parts: [...new Set(parts)], test, title: typeof schema.title, l2: l2Distance([1, 0], [0, 1]) }));
    `;
    await writeFile(join(folder, 'program.js'), program);
    const { stdout } = await execa('node', ['program.js'], { cwd: folder });
    expect(JSON.parse(stdout)).toEqual({
      parts: ['function'],
      test: { pValue: expect.closeTo(0.04342849961061074, 12), fraudDetected: true },
      title: 'string',
      l2: Math.SQRT2,
    });
  });
});
