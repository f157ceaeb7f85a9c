import { existsSync, readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it, test } from 'vitest';
import type { FleetReport } from '../../../src/fleet/model.js';
import { findGolden } from '../../../src/golden/catalog.js';
import { packageRoot } from '../../../src/paths.js';

import {
  type FaultHook,
  type MlNodeSimulator,
  startMlNodeSimulator,
} from '../../../src/simulator/mlnode/index.js';
import { assayHere } from '../../support/assay.js';
import { hasScript } from '../../support/pseudo-terminal.js';
import { useTempFolder } from '../../support/temp.js';

const folder = useTempFolder();
const GENERATE = 'POST /inference/pow/generate';
let nodes: MlNodeSimulator[];
let fleet: string;
/** Whether the last node answers its first request alone, so that nobody comes to its end. */
let isHeld = false;

beforeAll(async () => {
  const golden = await findGolden('moonshotai/Kimi-K2.6');
  const start = (faults: FaultHook = () => undefined) =>
    startMlNodeSimulator({ replicas: ['honest'], golden, batchTimeMs: 1, model: golden.file.model, faults });
  const held: FaultHook = ({ endpoint, earlier }) =>
    isHeld && endpoint === '/inference/pow/generate' && earlier > 0 ? { hang: true } : undefined;
  nodes = await Promise.all([start(), start(), start(held)]);
  fleet = await folder.write(
    'fleet.yaml',
    [
      'name: pool',
      `model: ${golden.file.model}`,
      'sites: { a: , b: { concurrency: 1 } }',
      'nodes:',
      ...nodes.map(({ url }, at) => `  - { id: n${at}, site: ${at === 0 ? 'a' : 'b'}, url: "${url}" }`),
    ].join('\n'),
  );
});
afterAll(() => Promise.all(nodes.map((node) => node.close())));

const quick = ['--skip-throughput', '--no-self-check', '--quiet'];
const reportIn = (name: string): FleetReport =>
  JSON.parse(readFileSync(join(folder.path(name), 'fleet_report.json'), 'utf8'));
const asked = () => nodes.map(({ requests }) => requests[GENERATE] ?? 0);

it('is killed, and redoes only what is unfinished; meanwhile nobody else writes its folder', async () => {
  const out = folder.path('killed');
  const start = (...more: string[]) =>
    execa(process.execPath, [`${packageRoot}/dist/main.js`, 'fleet', 'validate', fleet, ...more], {
      reject: false,
      stdin: 'ignore',
    });
  isHeld = true;
  const run = start(...quick, '--out', out, '--metrics', '127.0.0.1:0');
  let said = '';
  run.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const slow = join(out, 'nodes/n2/observations.jsonl');
  while (!existsSync(slow) || !readFileSync(slow, 'utf8').includes('\n'))
    await new Promise((r) => setTimeout(r, 20));
  // Meanwhile it is seen on the page, and by Prometheus.
  const url = /live page at (\S+)/.exec(said)?.[1] as string;
  const page = async (path = '') => (await fetch(url + path)).text();
  // The others may still be at work on a busy machine.
  const shows = (path = '') => expect.poll(() => page(path), { timeout: 60_000 });
  await shows().toMatch(/n2<\/th><td>b<\/td><td>probe: \d+ of 200 nonces/);
  await shows().toMatch(/<a href="node\/0">n0<\/a>/);
  await shows('node/0').toContain('PASS');
  await shows('history').toContain('History of 3 runs');
  await shows('metrics').toMatch(/assay_node_verdict\{node="n1",[^}]*verdict="PASS"\} 1/);
  const second = await start(...quick, '--out', out);
  expect(second.exitCode).toBe(1);
  expect(second.stderr).toMatch(/is in use by process \d+/);
  run.kill('SIGKILL');
  await run;
  expect(existsSync(join(out, 'fleet_report.json'))).toBe(false);

  isHeld = false;
  const before = asked();
  // With the options that it was started with: no other flag is needed.
  const { exitCode, stdout, stderr } = await start('--resume', out, '--quiet');
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('PASS: 3 of 3 nodes pass');
  const after = asked();
  expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
  expect(after[2]).toBeGreaterThan(before[2] as number);
  expect(reportIn('killed').nodes.map(({ id, verdict }) => [id, verdict])).toEqual([
    ['n0', 'PASS'],
    ['n1', 'PASS'],
    ['n2', 'PASS'],
  ]);
  expect(await readFile(join(out, 'fleet_report.html'), 'utf8')).toContain('Every node of the fleet');

  const others = await start('--resume', out, '--strict');
  expect(others.exitCode).toBe(1);
  expect(others.stderr).toContain(`--strict differs from the run in ${out}`);
});

it('is split over jobs and merged', async () => {
  const shards = await Promise.all(
    ['1/2', '2/2'].map((part, at) =>
      assayHere(['fleet', 'shard', part, fleet, ...quick, '--out', folder.path(`s${at}`)]),
    ),
  );
  expect(shards.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  const merged = await assayHere([
    'report',
    'merge',
    folder.path('s0'),
    folder.path('s1'),
    '--out',
    folder.path('all'),
  ]);
  expect(merged.stdout).toContain('PASS: 3 of 3 nodes pass');
  expect(merged.exitCode).toBe(0);
  const report = reportIn('all');
  expect(report.nodes.map(({ id }) => id)).toEqual(['n0', 'n2', 'n1']);
  // Each node by itself, and by name what nobody measured.
  const judged = await assayHere([
    ...['report', 'merge', folder.path('s0'), folder.path('s1'), '--json', '--baseline', folder.path('s1')],
    ...['--assert', 'throughput>=1', '--assert', 'p98<=0.5'],
  ]);
  expect(judged.exitCode).toBe(4);
  const held = (JSON.parse(judged.stdout) as FleetReport).nodes;
  expect(held.map(({ id, exit_code, regressions }) => [id, exit_code, regressions])).toEqual(
    ['n0', 'n2', 'n1'].map((id) => [id, 4, ['throughput>=1 (--assert): throughput was not measured']]),
  );
  const nowhere = await assayHere(['report', 'merge', folder.path('s0'), '--out', '/dev/null/all']);
  expect([nowhere.exitCode, nowhere.stderr]).toEqual([
    1,
    expect.stringMatching(/^assay: the reports were not written: cannot make \/dev\/null\/all: ENOTDIR/),
  ]);
  for (const node of report.nodes) {
    expect(existsSync(join(folder.path('all'), node.folder as string, 'validate_report.json'))).toBe(true);
  }
  await rm(join(folder.path('s0'), 'nodes/n0'), { recursive: true });
  const without = await assayHere(['report', 'merge', folder.path('s0'), '--assert', 'p98<=0.5']);
  expect(without.stdout).toContain('p98 was not measured (its run is not here)');
});

test.each([
  [['fleet', 'shard', '3/2'], /"3\/2" is no part of a fleet/],
  [['fleet', 'shard', '4/4'], /has no node/],
  [['fleet', 'validate', '--resume', 'nowhere'], /no fleet_plan.json in it/],
])('refuses %j', async (args, reason) => {
  const { exitCode, stderr } = await assayHere([...args, fleet]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(reason);
});

test.skipIf(!hasScript)('is a table on a terminal, of which a signal leaves nothing behind', async () => {
  isHeld = true;
  const out = folder.path('seen');
  const command = `stty cols 80 rows 24; exec ${process.execPath} ${packageRoot}/dist/main.js fleet validate ${fleet} --skip-throughput --no-self-check --out ${out}`;
  const run = execa('script', ['-qec', command, '/dev/null'], {
    ...{ reject: false, stdin: 'pipe' },
    env: { NO_COLOR: '' },
  });
  let seen = '';
  run.stdout.on('data', (chunk) => {
    seen += chunk;
  });
  await expect
    .poll(() => seen, { timeout: 60_000 })
    .toMatch(
      /node {2}now +verdict +mean L2 +last PASS +next[\s\S]*n2 +probe \d+\/200[\s\S]*2 PASS, 1 under way/,
    );
  run.stdin.write('\u0003');
  await run;
  isHeld = false;
  const erased = seen.lastIndexOf('\u001B[0J');
  expect(seen.lastIndexOf('under way')).toBeLessThan(erased);
  // The report takes no more room than there is.
  const lines = stripVTControlCharacters(seen.slice(erased)).split('\r\n');
  expect(lines.filter((line) => /^[┌├│└]/.test(line) && line.length > 80)).toEqual([]);
  expect(seen).toContain('not shown: time, build');
  expect(seen).toContain(`go on with: assay fleet validate ${fleet} --resume ${out}`);
});
