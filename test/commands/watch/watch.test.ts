import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { execa } from 'execa';
import { afterEach, expect, it } from 'vitest';
import { findGolden } from '../../../src/golden/catalog.js';
import { packageRoot } from '../../../src/paths.js';
import type { ValidateReport } from '../../../src/run/report.js';
import {
  type MlNodeSimulator,
  type ProfileName,
  startMlNodeSimulator,
} from '../../../src/simulator/mlnode/index.js';
import { startNetworkSimulator } from '../../../src/simulator/network/simulator.js';
import { assayHere } from '../../support/assay.js';
import { useTempFolder } from '../../support/temp.js';

const golden = await findGolden('Qwen/Qwen3-0.6B');
const temp = useTempFolder();
const MODEL = golden.file.model;
const closing: { close(): Promise<unknown> }[] = [];
afterEach(() => Promise.all(closing.splice(0).map((server) => server.close())));

async function node(profile: ProfileName): Promise<MlNodeSimulator> {
  const simulator = await startMlNodeSimulator({ replicas: [profile], batchTimeMs: 2, golden });
  closing.push(simulator);
  return simulator;
}

const start = (args: string[]) =>
  execa(process.execPath, [`${packageRoot}/dist/main.js`, 'watch', ...args], {
    cwd: temp.path('.'),
    reject: false,
    stdin: 'ignore',
  });

it('watches through PoC phases, a node and the network node being away, and ends with a signal', async () => {
  const good = await node('exact');
  const bad = await node('unrelated');
  const network = await startNetworkSimulator({
    blockTimeMs: 60_000,
    height: 39_000,
    nextPocStart: 40_000,
    params: { epochLength: 15_000 },
  });
  closing.push(network);
  network.chain.phaseOverride = 'PoCGenerate';
  const fleet = await temp.write(
    'fleet.yaml',
    `name: lab\nmodel: ${MODEL}\nnodes:\n- {id: good, url: "${good.url}"}\n- {id: bad, url: "${bad.url}"}\n`,
  );
  const run = start([
    fleet,
    ...['--node', network.url, '--every', '0.2s', '--metrics', '127.0.0.1:0', '--keep', '2'],
    ...['--no-self-check', '--out', 'watch-lab', '--assert', 'throughput>=1'],
  ]);
  let said = '';
  run.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const url = () => /metrics at (\S+)/.exec(said)?.[1];
  await expect.poll(url, { timeout: 90_000 }).toBeDefined();
  const metric = async (pattern: RegExp) => {
    const text = await (await fetch(url() as string)).text();
    return Number(new RegExp(`^${pattern.source} (\\S+)$`, 'm').exec(text)?.[1]);
  };
  const waitFor = (pattern: RegExp) => expect.poll(() => metric(pattern), { timeout: 90_000, interval: 100 });

  await waitFor(/assay_rounds_skipped_total\{reason="phase"\}/).toBeGreaterThan(0);
  expect(await metric(/assay_rounds_total/)).toBe(0);
  expect(good.requests).toEqual({});

  network.chain.phaseOverride = null;
  await waitFor(/assay_node_verdict\{node="good",[^}]*verdict="PASS"\}/).toBe(1);
  await waitFor(/assay_node_verdict\{node="bad",[^}]*verdict="FAIL"\}/).toBe(1);
  await waitFor(/assay_rounds_total/).toBeGreaterThan(3);
  const kept = readdirSync(temp.path('watch-lab/good')).filter((name) => name !== 'identity.json');
  expect(kept.length).toBeLessThanOrEqual(3);
  // No throughput load that nobody asked for.
  expect(good.requests['POST /inference/pow/init/generate']).toBeUndefined();
  await waitFor(/assay_node_drift\{node="good",[^}]*outcome="same"\}/).toBe(1);
  const page = await (await fetch((url() as string).replace('metrics', ''))).text();
  expect(page).toContain('<h1>lab</h1>');
  const own = await fetch((url() as string).replace('metrics', 'node/0'));
  expect([own.status, await own.text()]).toEqual([200, expect.stringContaining('✓ PASS')]);

  await good.close();
  await waitFor(/assay_node_verdict\{node="good",[^}]*verdict="INCOMPLETE"\}/).toBe(1);
  await network.close();
  await waitFor(/assay_rounds_skipped_total\{reason="network_node_away"\}/).toBeGreaterThan(0);

  run.kill('SIGTERM');
  const { exitCode } = await run;
  expect(exitCode, said).toBe(0);
  expect(existsSync(temp.path('watch-lab/lock.json'))).toBe(false);
  expect(said).toMatch(/stopped: the same command goes on with this folder\s*$/);
  expect(said).toContain('bad: FAIL');
  expect(said).toContain('regression: throughput>=1 (--assert): throughput was not measured');
  expect(said).toMatch(
    /round ended, the next one at \d\d:\d\d:\d\d UTC, in .*; \d+ blocks were left before the next PoC/,
  );
}, 400_000);

it('compares a node with itself between challenges, by the reference that it is asked for from time to time', async () => {
  const [own, trusted] = [await node('exact'), await node('exact')];
  const fleet = await temp.write(
    'challenged.yaml',
    `model: ${MODEL}\nnodes:\n- {id: n, url: "${own.url}"}\n`,
  );
  const run = start([
    ...[fleet, '--any-phase', '--every', '0.1s', '--metrics', '127.0.0.1:0', '--no-self-check'],
    ...['--challenge', '16', '--challenge-seed', 'a', '--trusted-url', trusted.url],
    ...['--reference-every', '0.3s', '--out', 'challenged'],
  ]);
  let said = '';
  run.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const reports = () =>
    (existsSync(temp.path('challenged/n')) ? readdirSync(temp.path('challenged/n')) : [])
      .map((name) => temp.path(`challenged/n/${name}/validate_report.json`))
      .filter((path) => existsSync(path))
      .map((path) => JSON.parse(readFileSync(path, 'utf8')) as ValidateReport)
      .filter(({ verdict }) => verdict === 'PASS');
  const kinds = () =>
    new Set(
      reports().map(({ config, validation }) => `${config.challenge?.n} ${validation?.drift?.outcome}`),
    );
  await expect.poll(kinds, { timeout: 120_000 }).toContain('undefined same');
  await expect.poll(kinds, { timeout: 120_000 }).toContain('16 not_comparable');
  run.kill('SIGTERM');
  const { exitCode } = await run;
  expect(exitCode, said).toBe(0);
  expect(kinds()).not.toContain('undefined not_comparable');
  expect(said).not.toContain('each round asks for other nonces');
}, 300_000);

it.each([
  ['no network node', ['--every', '1h'], '--any-phase'],
  ['no length of time', ['--any-phase', '--every', 'soon'], '--every: "soon"'],
  [
    'throughput that is and is not wanted',
    ['--any-phase', '--throughput-every', '24h', '--skip-throughput'],
    'cannot be used together',
  ],
  ['a turn of the reference without a challenge', ['--any-phase', '--reference-every', '24h'], '--challenge'],
  ['no address', ['--any-phase', '--metrics', 'here'], '--metrics here is no address'],
])('refuses %s in one line', async (_what, flags, reason) => {
  const fleet = await temp.write(
    'one.yaml',
    `model: ${MODEL}\nnodes:\n- {id: a, url: "http://127.0.0.1:9"}\n`,
  );
  const { exitCode, stderr } = await assayHere(['watch', fleet, ...flags, '--out', temp.path('refused')]);
  expect([exitCode, stderr.split('\n').length]).toEqual([1, 1]);
  expect(stderr).toContain(reason);
});
