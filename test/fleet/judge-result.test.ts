import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acceptJob, type FleetJob, PROTOCOL } from '../../src/fleet/queue/job.js';
import { judgeResult } from '../../src/fleet/queue/judge-result.js';
import { packRun, unpackRun } from '../../src/fleet/queue/parcel.js';
import { queuedReference } from '../../src/fleet/queue/queued-reference.js';
import { findGolden } from '../../src/golden/catalog.js';
import type { GoldenFile } from '../../src/golden/reference.js';
import type { Observation } from '../../src/run/observation.js';
import type { ValidateReport } from '../../src/run/report.js';
import {
  type MlNodeSimulator,
  type ProfileName,
  startMlNodeSimulator,
} from '../../src/simulator/mlnode/index.js';
import { CHALLENGE_FILE } from '../../src/validate/challenge.js';
import type { ValidateOptions } from '../../src/validate/options.js';
import { validateNode } from '../../src/validate/validate-node.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();
const MODEL = 'moonshotai/Kimi-K2.6';
const { path, sha256 } = await findGolden(MODEL);
const golden = queuedReference(await readFile(path, 'utf8'), sha256);
const nodes: MlNodeSimulator[] = [];
let copies = 0;

/** A job, and the folder of its run as an honest worker leaves it. */
interface Done {
  job: FleetJob;
  folder: string;
}
let good: Done;
let bad: Done;

beforeAll(async () => {
  good = await work('good', 'exact');
  bad = await work('bad', 'unrelated');
});
afterAll(() => Promise.all(nodes.map((node) => node.close())));

async function work(
  name: string,
  profile: ProfileName,
  challenge?: NonNullable<ValidateOptions['challenge']>,
): Promise<Done> {
  const node = await startMlNodeSimulator({ replicas: [profile], batchTimeMs: 1, golden });
  nodes.push(node);
  const job = acceptJob({
    protocol: PROTOCOL,
    assay_version: '0',
    fleet_id: '6f2c1c1e-0000-4000-8000-000000000000',
    node_id: name,
    reference_sha256: sha256,
    network_node: null,
    options: {
      mlnodeUrl: node.url,
      model: MODEL,
      ownPublicKey: `assay-${name}`,
      skipThroughput: true,
      thresholds: [],
      ...(challenge && { challenge }),
    },
  });
  const folder = temp.path(name);
  await validateNode({ ...job.options, reference: golden, expDir: folder });
  return { job, folder };
}

/** The run as a liar would send it. */
async function forged(
  { folder }: Done,
  change: {
    report?(report: ValidateReport): object;
    config?(config: ValidateReport['config']): object;
    lines?(lines: Observation[]): object[];
  },
): Promise<string> {
  const copy = temp.path(`copy${++copies}`);
  await cp(folder, copy, { recursive: true });
  const rewrite = async (name: string, map: (value: never) => object) => {
    const text = await readFile(join(copy, name), 'utf8');
    await writeFile(join(copy, name), JSON.stringify(map(JSON.parse(text) as never)));
  };
  if (change.config) {
    await rewrite('validate_config.json', change.config);
    await rewrite('validate_report.json', (report: ValidateReport) => ({
      ...report,
      config: change.config?.(report.config),
    }));
  }
  if (change.report) await rewrite('validate_report.json', change.report);
  if (change.lines) {
    const text = await readFile(join(copy, 'observations.jsonl'), 'utf8');
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Observation);
    await writeFile(
      join(copy, 'observations.jsonl'),
      change
        .lines(lines)
        .map((line) => `${JSON.stringify(line)}\n`)
        .join(''),
    );
  }
  return copy;
}

describe('the result of a job', () => {
  it('is what its measurements say', async () => {
    expect(await judgeResult(good.folder, good.job, golden)).toMatchObject({ verdict: 'PASS', exit_code: 0 });
    expect(await judgeResult(bad.folder, bad.job, golden)).toMatchObject({ verdict: 'FAIL', exit_code: 2 });
    const { warnings } = await judgeResult(good.folder, good.job, golden);
    expect(warnings.join()).not.toContain('worker');
  });

  it('is not what a worker says of them', async () => {
    const pass = { verdict: 'PASS', exit_code: 0, verdict_reason: 'all is well', error: null };
    const lies: Parameters<typeof forged>[1][] = [
      { report: (report) => ({ ...report, exit_code: 0 }) },
      { report: (report) => ({ ...report, ...pass }) },
      {
        report: (report) => ({
          ...report,
          ...pass,
          validation: { ...report.validation, passed: true, mismatches: [] },
        }),
      },
      {
        lines: (lines) =>
          lines.map((line) => ({ ...line, mismatch: false, why: null, l2: 0, cosine_distance: 0 })),
      },
      { report: (report) => ({ ...report, verdict: 'INCOMPLETE', exit_code: 0 }) },
    ];
    for (const lie of lies) {
      const report = await judgeResult(await forged(bad, lie), bad.job, golden);
      expect(report).toMatchObject({ verdict: 'FAIL', exit_code: 2 });
    }
    const slander = await forged(good, {
      report: (report) => ({ ...report, verdict: 'FAIL', exit_code: 2 }),
    });
    const report = await judgeResult(slander, good.job, golden);
    expect(report).toMatchObject({ verdict: 'PASS', exit_code: 0 });
    expect(report.warnings.join()).toContain('the worker sent FAIL');
  });

  it.each<[string, (config: ValidateReport['config']) => object]>([
    [
      'set of thresholds',
      (config) => ({
        ...config,
        stat_test: { ...config.stat_test, values: { ...config.stat_test.values, dist_threshold: 1 } },
      }),
    ],
    ['node', (config) => ({ ...config, mlnode_url: 'http://127.0.0.1:1' })],
    ['node', (config) => ({ ...config, node_id: 'other' })],
    ['key', (config) => ({ ...config, own_public_key: 'other' })],
    ['reference', (config) => ({ ...config, reference: { ...config.reference, sha256: '0'.repeat(64) } })],
    [
      'PoC parameters',
      (config) => ({ ...config, poc_params: { ...config.poc_params, block_hash: 'other' } }),
    ],
    ['way of probing', (config) => ({ ...config, request: { ...config.request, batch_size: 1 } })],
    ['set of deploy arguments', (config) => ({ ...config, deploy: { dtype: 'auto', args: [] } })],
  ])('is refused with another %s', async (what, config) => {
    const folder = await forged(good, { config });
    await expect(judgeResult(folder, good.job, golden)).rejects.toThrow(`another ${what}`);
  });

  it('is refused where it is that of another node, or has nothing to be judged by', async () => {
    await expect(judgeResult(good.folder, bad.job, golden)).rejects.toThrow('another node');
    const empty = await forged(bad, {
      lines: () => [],
      report: (report) => ({ ...report, verdict: 'PASS', exit_code: 0 }),
    });
    expect((await judgeResult(empty, bad.job, golden)).verdict).not.toBe('PASS');
    const part = await forged(good, { lines: (lines) => lines.slice(0, 100) });
    expect((await judgeResult(part, good.job, golden)).verdict).toBe('INCOMPLETE');
    const twice = await forged(good, { lines: (lines) => [...lines, ...lines.slice(0, 5)] });
    await expect(judgeResult(twice, good.job, golden)).rejects.toThrow('measured twice');
  });
});

describe('the result of a challenge', () => {
  const SEED = 'a seed of the command';
  let done: Done;
  let trusted: MlNodeSimulator;

  beforeAll(async () => {
    trusted = await startMlNodeSimulator({ replicas: ['exact'], batchTimeMs: 1, model: MODEL });
    nodes.push(trusted);
    done = await work('memorised', 'memorised', { seed: SEED, n: 32, trustedUrl: trusted.url });
  });

  const ofChallenge = async (change: (file: GoldenFile) => object) => {
    const copy = await forged(done, { report: (report) => ({ ...report, verdict: 'PASS', exit_code: 0 }) });
    const path = join(copy, CHALLENGE_FILE);
    await writeFile(path, JSON.stringify(change(JSON.parse(await readFile(path, 'utf8')))));
    return copy;
  };

  it('is judged by the vectors of the trusted node and the thresholds of the reference', async () => {
    expect(await judgeResult(done.folder, done.job, golden)).toMatchObject({ verdict: 'FAIL', exit_code: 2 });
  });

  it.each<[string, (file: GoldenFile) => object]>([
    ['other thresholds', (file) => ({ ...file, dist_threshold: 1 })],
    ['another test', (file) => ({ ...file, stat_test: { dist_threshold: 1, p_mismatch: 0.99 } })],
    ['another block', (file) => ({ ...file, block_hash: 'a known one' })],
    ['another length', (file) => ({ ...file, seq_len: 1 })],
    ['other nonces', (file) => ({ ...file, artifacts: file.artifacts.toReversed() })],
    ['other batches', (file) => ({ ...file, collection_batch_size: 1 })],
    ['the golden vectors', () => ({ ...golden.file, artifacts: golden.artifacts })],
  ])('is refused with %s in the file of the trusted node', async (_what, change) => {
    await expect(judgeResult(await ofChallenge(change), done.job, golden)).rejects.toThrow();
  });

  it('is refused where the vectors of the trusted node are not there', async () => {
    const copy = await forged(good, {});
    await cp(join(done.folder, 'validate_config.json'), join(copy, 'validate_config.json'));
    await expect(judgeResult(copy, done.job, golden)).rejects.toThrow('another challenge');
  });
});

it('takes the vectors of a trusted node for what they are without a challenge: a second reference', async () => {
  const trusted = await startMlNodeSimulator({ replicas: ['exact'], batchTimeMs: 1, golden });
  nodes.push(trusted);
  const done = await work('second', 'heads', { trustedUrl: trusted.url });
  const { validation } = await judgeResult(done.folder, done.job, golden);
  expect(validation?.diagnosis.find(({ code }) => code === 'heads_of_batches')).toMatchObject({
    period: 16,
    side: 'node',
  });
});

describe('a parcel', () => {
  const judged = (folder: string) => judgeResult(folder, good.job, golden);
  const parcelOf = async (files: unknown) =>
    (await promisify(gzip)(JSON.stringify(files))).toString('base64');

  it('brings a run whole, with the report that it was judged to', async () => {
    const liar = await forged(good, { report: (report) => ({ ...report, verdict: 'FAIL', exit_code: 2 }) });
    const arrived = temp.path('arrived');
    expect((await unpackRun(await packRun(liar), arrived, judged)).verdict).toBe('PASS');
    expect(JSON.parse(await readFile(join(arrived, 'validate_report.json'), 'utf8')).verdict).toBe('PASS');
    expect(await readFile(join(arrived, 'validate_report.txt'), 'utf8')).toContain(arrived);
  });

  it.each(['package.json', '../x.json', 'fleet_plan.json', '__proto__', 'lock.json', 'validate_report.html'])(
    'that holds %s is refused',
    async (name) => {
      const files = JSON.parse(
        (await promisify(gunzip)(Buffer.from(await packRun(good.folder), 'base64'))).toString(),
      ) as object;
      const parcel = await parcelOf(
        JSON.parse(`{${JSON.stringify(name)}:"x",${JSON.stringify(files).slice(1)}`),
      );
      await expect(unpackRun(parcel, temp.path('refused'), judged)).rejects.toThrow('a file that no run has');
    },
  );

  it.each([null, 7, '', 'no base64', '{}'])('that is %j is refused', async (parcel) => {
    await expect(unpackRun(parcel, temp.path('none'), judged)).rejects.toThrow(
      'a worker sent what is no run',
    );
  });

  it('takes no link along', async () => {
    const folder = await forged(good, {});
    await symlink('/etc/passwd', join(folder, 'challenge_reference.json'));
    const files = JSON.parse(
      (await promisify(gunzip)(Buffer.from(await packRun(folder), 'base64'))).toString(),
    ) as object;
    expect(Object.keys(files).sort()).toEqual([
      'observations.jsonl',
      'validate_config.json',
      'validate_report.json',
    ]);
  });
});
