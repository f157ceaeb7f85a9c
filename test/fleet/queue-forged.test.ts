import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { acceptJob, type FleetJob, PREFIX, queueName } from '../../src/fleet/queue/job.js';
import { validateJob } from '../../src/fleet/queue/validate-job.js';
import { packageRoot } from '../../src/paths.js';
import type { ValidateReport } from '../../src/run/report.js';
import { assay } from '../support/assay.js';
import { hasRedis } from '../support/redis.js';
import { MODEL, useQueue } from './queue-rig.js';

const queue = useQueue();

/** The files of a run, by name. */
type Files = Record<string, string>;
type Lie = (files: Files, job: FleetJob) => Promise<Files> | Files;

const edited = (files: Files, change: (report: ValidateReport) => object): Files => ({
  ...files,
  'validate_report.json': JSON.stringify(change(JSON.parse(files['validate_report.json'] as string))),
});
const pass = { verdict: 'PASS', exit_code: 0, verdict_reason: 'all is well', warnings: [], error: null };
const linesOf = (files: Files, change: (line: object) => object): Files => ({
  ...files,
  'observations.jsonl': (files['observations.jsonl'] as string)
    .trimEnd()
    .split('\n')
    .map((line) => `${JSON.stringify(change(JSON.parse(line)))}\n`)
    .join(''),
});
const reconfigured = (files: Files, change: (config: ValidateReport['config']) => object): Files => ({
  ...edited(files, (report) => ({ ...report, config: change(report.config) })),
  'validate_config.json': JSON.stringify(change(JSON.parse(files['validate_config.json'] as string))),
});

/** What a liar sends, of a node whose vectors are wrong, and what must come of it. */
const lies: Record<string, { lie: Lie; verdict: string; text: RegExp }> = {
  'exit-0': {
    lie: (files) => edited(files, (report) => ({ ...report, exit_code: 0 })),
    verdict: 'FAIL',
    text: /mismatch/,
  },
  'pass-over-mismatches': {
    lie: (files) =>
      linesOf(
        edited(files, (report) => ({ ...report, ...pass })),
        (line) => ({ ...line, mismatch: false, why: null, l2: 0, cosine_distance: 0 }),
      ),
    verdict: 'FAIL',
    text: /mismatch/,
  },
  'other-thresholds': {
    lie: (files) =>
      reconfigured(
        edited(files, (report) => ({ ...report, ...pass })),
        ({ stat_test: { values, ...rest }, ...config }) => ({
          ...config,
          stat_test: { ...rest, values: { ...values, dist_threshold: 1 } },
        }),
      ),
    verdict: 'INCOMPLETE',
    text: /another set of thresholds/,
  },
  'of-another-node': {
    lie: (files) =>
      reconfigured(
        edited(files, (report) => ({ ...report, ...pass })),
        (config) => ({ ...config, node_id: 'honest' }),
      ),
    verdict: 'INCOMPLETE',
    text: /another node/,
  },
  'of-another-day': {
    lie: (files) =>
      reconfigured(
        edited(files, (report) => ({ ...report, ...pass })),
        (config) => ({ ...config, own_public_key: 'assay-throughput-of-yesterday' }),
      ),
    verdict: 'INCOMPLETE',
    text: /another key/,
  },
  'without-measurements': {
    lie: ({ 'observations.jsonl': _, ...files }) => edited(files, (report) => ({ ...report, ...pass })),
    verdict: 'INCOMPLETE',
    text: /without a measurement/,
  },
  'half-of-them': {
    lie: (files) => {
      const text = files['observations.jsonl'] as string;
      return edited({ ...files, 'observations.jsonl': text.slice(0, text.indexOf('\n') + 1) }, (report) => ({
        ...report,
        ...pass,
      }));
    },
    verdict: 'INCOMPLETE',
    text: /199 of 200 nonces/,
  },
  'extra-file': {
    lie: (files) => ({ ...edited(files, (report) => ({ ...report, ...pass })), '../../planted.json': '{}' }),
    verdict: 'INCOMPLETE',
    text: /a file that no run has/,
  },
  'not-a-run': { lie: () => ({}), verdict: 'INCOMPLETE', text: /^a worker sent what is no run/ },
  absurd: {
    lie: (files) => edited(files, (report) => ({ ...report, ...pass, duration_s: 1e300 })),
    verdict: 'INCOMPLETE',
    text: /^a worker sent what is no run \(validate_report.json: /,
  },
  'words-alone': {
    lie: () => {
      throw new Error('\u001b[2Jdone\r\n::error::x\n##vso[task.complete result=Succeeded;]\u202e');
    },
    verdict: 'INCOMPLETE',
    text: /done ::error/,
  },
};

const pack = async (files: Files) => (await promisify(gzip)(JSON.stringify(files))).toString('base64');
const unpack = async (parcel: string) =>
  JSON.parse((await promisify(gunzip)(Buffer.from(parcel, 'base64'))).toString()) as Files;

describe.skipIf(!hasRedis)('a worker that lies', () => {
  it('passes no node, whatever it writes into the queue', async () => {
    const nodes = await Promise.all(
      ['honest', ...Object.keys(lies)].map(async (id) => {
        const { url } = await queue.simulate(1, { replicas: [id === 'honest' ? 'exact' : 'unrelated'] });
        return { id, site: 'a', model: MODEL, url };
      }),
    );
    const fleet = await queue.folder.write('fleet.yaml', { sites: { a: {} }, nodes });
    const store = new Redis(queue.redis.address);
    const liar = new Worker(
      queueName('a'),
      async ({ data }) => {
        const job = acceptJob(data);
        const { signal } = new AbortController();
        const { parcel } = await validateJob(job, queue.folder.path('lies'), store, { events: {}, signal });
        const told = lies[job.node_id];
        return told === undefined ? parcel : pack(await told.lie(await unpack(parcel), job));
      },
      { prefix: PREFIX, connection: queue.redis.address, concurrency: 4 },
    );
    queue.atEnd(async () => {
      await liar.close(true);
      store.disconnect();
    });
    const out = queue.folder.path('fleet');
    const args = ['fleet', 'validate', fleet, '--queue', queue.redis.env.ASSAY_QUEUE, '--out', out];
    const ended = await assay([...args, '--skip-throughput'], {
      env: { ASSAY_QUEUE_PASSWORD: queue.redis.env.ASSAY_QUEUE_PASSWORD },
    });
    expect(ended.exitCode, ended.stderr).toBe(2);
    const report = JSON.parse(await readFile(join(out, 'fleet_report.json'), 'utf8'));
    const found = new Map<string, { verdict: string; verdict_reason: string; exit_code: number }>(
      report.nodes.map((node: { id: string }) => [node.id, node]),
    );
    expect(found.get('honest')).toMatchObject({ verdict: 'PASS' });
    for (const [id, { verdict, text }] of Object.entries(lies)) {
      expect(found.get(id), id).toMatchObject({ verdict });
      expect(found.get(id)?.verdict_reason, id).toMatch(text);
    }
    const files = await readdir(queue.folder.path(''), { recursive: true });
    expect(files.filter((name) => name.includes('planted'))).toEqual([]);
    expect(existsSync(join(packageRoot, '../planted.json'))).toBe(false);
    for (const text of [ended.stdout, ended.stderr, JSON.stringify(report)]) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f\u202e]|^::error|##vso\[/m);
    }
  });
});
