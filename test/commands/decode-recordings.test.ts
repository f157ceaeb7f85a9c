import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type MlNodeSimulator,
  type ProfileName,
  startMlNodeSimulator,
} from '../../src/simulator/mlnode/index.js';
import { assayHere } from '../support/assay.js';
import { useTempFolder } from '../support/temp.js';

const MODEL = 'example/decoding-model';
const TAU = ['--threshold', '0.025', '--p-mismatch', '0.003', '--fraud-threshold', '0.01'];
const folders = useTempFolder();
const nodes = new Map<ProfileName, MlNodeSimulator>();

const urlOf = (profile: ProfileName) => nodes.get(profile)?.url as string;

beforeAll(async () => {
  for (const profile of ['decode', 'decode-hardware', 'decode-int4', 'decode-pooled'] as const) {
    const replicas = [profile];
    nodes.set(profile, await startMlNodeSimulator({ replicas, model: MODEL, golden: [], batchTimeMs: 1 }));
  }
  for (const profile of ['decode', 'decode-hardware', 'decode-int4'] as const) await record(profile, profile);
});
afterAll(() => Promise.all([...nodes.values()].map((node) => node.close())));

async function record(profile: ProfileName, name: string, tokens = 64) {
  const args = ['--mlnode-url', urlOf(profile), '--model', MODEL, '--out', folders.path(`${name}.json`)];
  const flags = ['--scheme', 'decode', '--num-nonces', '64', '--max-tokens', String(tokens)];
  expect((await assayHere(['record', ...args, ...flags])).exitCode).toBe(0);
}

/** A run of a node whose chains another one checks, over the nonces of the honest recording. */
async function run(profile: ProfileName, trusted: ProfileName, name: string): Promise<string> {
  const dir = folders.path(name);
  const about = [
    '--mlnode-url',
    urlOf(profile),
    '--model',
    MODEL,
    '--reference',
    folders.path('decode.json'),
  ];
  const how = ['--trusted-url', urlOf(trusted), '--skip-throughput', '--quiet', '--exp-dir', dir];
  await assayHere(['validate', ...about, ...TAU, ...how]);
  return dir;
}

describe('assay compare of chains', () => {
  it('tells where they part, of files, runs and live nodes, and judges nothing', async () => {
    const dir = await run('decode-hardware', 'decode', 'compared');
    const sources = [
      folders.path('decode.json'),
      folders.path('decode-hardware.json'),
      dir,
      urlOf('decode-int4'),
    ];
    const { stdout, exitCode } = await assayHere(['compare', ...sources, '--json']);
    expect(exitCode).toBe(0);
    const { scheme, pairs } = JSON.parse(stdout);
    expect(scheme).toBe('decode');
    const [hardware, , int4, same] = pairs;
    expect(hardware).toMatchObject({ common: 64, n_without_chain: 0 });
    expect(hardware.chains.equal).toBeGreaterThan(int4.chains.equal);
    expect(hardware.chains.first_divergence.p50).toBeGreaterThan(int4.chains.first_divergence.p50);
    const shares = hardware.equal_up_to.map(({ share }: { share: number }) => share);
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
    expect(shares.at(-1)).toBe(hardware.chains.equal / 64);
    expect(same.chains).toEqual({ compared: 64, equal: 64, first_divergence: null });
  });

  it('has a table and a page, which say what chains can tell', async () => {
    const page = folders.path('chains.html');
    const sources = [folders.path('decode.json'), folders.path('decode-hardware.json')];
    const { stdout } = await assayHere(['compare', ...sources, '--html', page]);
    expect(stdout).toMatch(/^1–2 +64 +0\/0 +0 +\d+ \/ 64 \(/m);
    expect(stdout).toContain('only an engine that holds the model can say how near that choice was');
    expect(await readFile(page, 'utf8')).toContain('2 recordings of chains compared');
  });

  it('names what cannot be compared', async () => {
    await record('decode', 'short', 32);
    const own = folders.path('decode.json');
    const said = async (...args: string[]) => (await assayHere(['compare', own, ...args])).stderr;
    expect(await said(folders.path('short.json'))).toContain('max_tokens is 64 in one and 32 in the other');
    expect(await said('moonshotai/Kimi-K2.6')).toContain('they have nothing in common');
    expect(await said(own, '--threshold', '0.2')).toContain('no distance to hold a threshold against');
  });
});

describe('assay calibrate of chains', () => {
  it('finds tau from the margins of a trusted engine, and writes it into a reference', async () => {
    const [honest, fraud] = [
      await run('decode-hardware', 'decode', 'honest'),
      await run('decode-int4', 'decode', 'int4'),
    ];
    await record('decode', 'tau');
    const file = folders.path('tau.json');
    const args = ['--honest', honest, '--fraud', fraud, '--percentile', '99', '--apply', file, '--json'];
    const { stdout, exitCode } = await assayHere(['calibrate', ...args]);
    expect(exitCode).toBe(0);
    const { measure, recommended, separation, honest: figures } = JSON.parse(stdout);
    expect(measure).toBe('margin');
    // The simulated hardware slips at margins below 0.004 alone; int4 far above.
    expect(recommended.dist_threshold).toBeGreaterThan(0);
    expect(recommended.dist_threshold).toBeLessThanOrEqual(0.004);
    expect(figures[0].n).toBe(64);
    expect(separation.roc_area).toBeGreaterThan(0.99);
    const written = JSON.parse(await readFile(file, 'utf8'));
    expect(written.dist_threshold).toBe(recommended.dist_threshold);
    expect(written.expected_distance).toBeUndefined();
    const told = await assayHere(['calibrate', '--honest', honest, '--percentile', '99']);
    expect(told.stdout).toMatch(/^dist_threshold +0\.00\d+ \(tau\)$/m);
    expect(told.stdout).toMatch(/^honest margin /m);
  });

  it('takes nobody’s word for a margin but a trusted engine’s', async () => {
    const said = async (...args: string[]) => (await assayHere(['calibrate', '--honest', ...args])).stderr;
    const own = folders.path('own');
    const about = ['--mlnode-url', urlOf('decode-hardware'), '--model', MODEL];
    const how = ['--reference', folders.path('decode.json'), '--skip-throughput', '--exp-dir', own];
    await assayHere(['validate', ...about, ...how, ...TAU, '--quiet']);
    expect(await said(own)).toContain('no trusted engine checked its chains');
    const pooled = await run('decode-hardware', 'decode-pooled', 'pooled');
    expect(await said(pooled)).toContain('reports no margins');
    expect(await said(folders.path('decode.json'), folders.path('decode-hardware.json'))).toContain(
      'have no distances',
    );
    expect(await said(pooled, folders.path('decode.json'))).toContain('have margins in run folders alone');
  });
});
