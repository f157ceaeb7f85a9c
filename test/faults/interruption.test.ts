import { existsSync, readFileSync } from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, expect, test } from 'vitest';
import { findGolden } from '../../src/golden/catalog.js';
import { packageRoot } from '../../src/paths.js';
import type { ValidateReport } from '../../src/run/report.js';
import { type MlNodeSimulator, startMlNodeSimulator } from '../../src/simulator/mlnode/index.js';
import { hasScript } from '../support/pseudo-terminal.js';
import { useTempFolder } from '../support/temp.js';

const golden = await findGolden('moonshotai/Kimi-K2.6');
const folders = useTempFolder();
const GENERATE = 'POST /inference/pow/generate';
const START = 'POST /inference/pow/init/generate';

let node: MlNodeSimulator | undefined;
afterEach(() => node?.close());

async function simulate(batchTimeMs: number): Promise<MlNodeSimulator> {
  node = await startMlNodeSimulator({ replicas: ['honest', 'honest'], golden, batchTimeMs });
  return node;
}

/** Starts the command as a process of its own. */
function start(args: string[], nodeArgs: string[] = []) {
  return execa(
    process.execPath,
    [...nodeArgs, `${packageRoot}/dist/main.js`, 'validate', '--quiet', ...args],
    {
      reject: false,
      stdin: 'ignore',
    },
  );
}

function fresh({ url, model }: MlNodeSimulator, folder: string, ...more: string[]): string[] {
  return ['--mlnode-url', url, '--model', model, '--exp-dir', folder, ...more];
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

async function reportIn(folder: string): Promise<ValidateReport> {
  return JSON.parse(await readFile(join(folder, 'validate_report.json'), 'utf8'));
}

function isGenerating({ backends, ...simulator }: MlNodeSimulator): boolean {
  return backends.some((port) => simulator.isGenerating(port));
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s stops the generation, leaves a report and ends with %i', async (signal, exitCode) => {
  const simulator = await simulate(20);
  const folder = folders.path(signal);
  const run = start(fresh(simulator, folder, '--measure-seconds', '60'));
  await until(() => isGenerating(simulator));
  run.kill(signal);
  // A shell passes on to its jobs what all of them got from the terminal.
  setTimeout(() => run.kill(signal), 50);
  // Whoever closes the terminal meanwhile wants nothing left behind either: as soon as the command says that it stops, since
  // Node ends its handlers before the process ends.
  run.stderr?.once('data', () => run.kill('SIGHUP'));
  const { exitCode: code, stderr } = await run;

  expect(code, stderr).toBe(exitCode);
  expect(isGenerating(simulator)).toBe(false);
  const report = await reportIn(folder);
  expect(report).toMatchObject({ verdict: 'INCOMPLETE', exit_code: exitCode });
  expect(report.preflight?.replicas).toEqual([5001, 5002]);
});

test('an interrupted probe says what it leaves to the node, which ends by itself', async () => {
  const simulator = await simulate(300);
  const folder = folders.path('probing');
  const run = start(fresh(simulator, folder, '--skip-throughput'));
  const queued = () => simulator.backends.reduce((sum, port) => sum + simulator.queuedNonces(port), 0);
  await until(() => queued() === 4 * 32);
  run.kill('SIGINT');
  const { exitCode, stderr } = await run;
  expect(exitCode, stderr).toBe(130);
  expect((await reportIn(folder)).warnings).toContainEqual(
    expect.stringMatching(/^\d requests? of this run may still be in the node's queue/),
  );
  await until(() => queued() === 0);
});

test('an error that nobody catches stops the generation and leaves a report, too', async () => {
  const simulator = await simulate(20);
  const folder = folders.path('uncaught');
  const run = start(fresh(simulator, folder), [
    '--import',
    `${packageRoot}/test/support/throw-on-signal.mjs`,
  ]);
  await until(() => isGenerating(simulator));
  run.kill('SIGUSR2');
  const { exitCode, stderr } = await run;
  expect(exitCode, stderr).toBe(1);
  expect(stderr).toContain('internal error: Error: thrown where nobody catches; this is a bug');
  expect(isGenerating(simulator)).toBe(false);
  expect(await reportIn(folder)).toMatchObject({
    verdict: 'INCOMPLETE',
    exit_code: 1,
    error: 'internal error: thrown where nobody catches',
  });
});

test.skipIf(!hasScript)('a terminal that is closed ends the run in order, with nobody to tell', async () => {
  const simulator = await simulate(20);
  const folder = folders.path('closed');
  const command = [process.execPath, `${packageRoot}/dist/main.js`, 'validate', ...fresh(simulator, folder)];
  const terminal = execa('script', ['-qec', command.join(' '), '/dev/null'], {
    reject: false,
    stdin: 'pipe',
  });
  await until(() => isGenerating(simulator));
  // The pseudo-terminal goes with the program that holds its other end.
  terminal.kill('SIGKILL');
  await until(() => readFileSync(join(folder, 'validate_report.json'), 'utf8').includes('SIGHUP'));
  expect(isGenerating(simulator)).toBe(false);
  expect(await reportIn(folder)).toMatchObject({ verdict: 'INCOMPLETE', exit_code: 129 });
});

test('a start that the node has not answered yet is stopped, too', async () => {
  const simulator = await simulate(20);
  simulator.faults = ({ endpoint }) =>
    endpoint === '/inference/pow/init/generate' ? { delayMs: 30_000 } : undefined;
  const run = start(fresh(simulator, folders.path('unanswered-start')));
  await until(() => simulator.requests[START] !== undefined);
  run.kill('SIGINT');
  expect((await run).exitCode).toBe(130);
  expect(isGenerating(simulator)).toBe(false);
});

test('a second signal leaves at once and says what may still run', async () => {
  const simulator = await simulate(20);
  const run = start(fresh(simulator, folders.path('twice')));
  await until(() => isGenerating(simulator));
  simulator.faults = ({ endpoint }) =>
    endpoint.startsWith('/inference/pow/st') ? { hang: true } : undefined;
  run.kill('SIGINT');
  await until(() => (simulator.requests['GET /inference/pow/status'] ?? 0) > 1);
  // A second wish, and not the first one passed on.
  await new Promise((resolve) => setTimeout(resolve, 300));
  run.kill('SIGINT');
  const { exitCode, stderr } = await run;
  expect(exitCode).toBe(130);
  expect(stderr).toContain('may still be running on the node');
});

test('--timeout ends the whole run with what it has', async () => {
  const simulator = await simulate(20);
  const folder = folders.path('timeout');
  const { exitCode, stderr } = await start(fresh(simulator, folder, '--timeout', '2'));
  expect(exitCode).toBe(1);
  expect(stderr).toContain('--timeout');
  expect(isGenerating(simulator)).toBe(false);
  expect((await reportIn(folder)).verdict).toBe('INCOMPLETE');
});

test('a killed run is taken up: only missing batches are asked for, and the verdict is the same', async () => {
  const simulator = await simulate(400);
  const folder = folders.path('killed');
  const observations = join(folder, 'observations.jsonl');
  const run = start(fresh(simulator, folder, '--skip-throughput', '--no-self-check'));
  // The file is there a moment before its first line.
  await until(() => existsSync(observations) && readFileSync(observations, 'utf8').includes('\n'));
  // The run is not to end while the other process starts.
  simulator.faults = () => ({ hang: true });
  const early = await start(['--resume', folder]);
  expect([early.exitCode, early.stderr]).toEqual([1, expect.stringContaining('is in use by process')]);
  run.kill('SIGKILL');
  await run;
  // What a kill in the middle of a line leaves.
  await appendFile(observations, '{"nonce":1,"vec');
  const kept = new Set(
    (await readFile(observations, 'utf8'))
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line).batch),
  );
  expect(kept.size).toBeGreaterThan(0);
  expect(kept.size).toBeLessThan(7);

  const asked = new Set<number>();
  simulator.faults = ({ endpoint, method, body }) => {
    if (`${method} ${endpoint}` === GENERATE) asked.add((body as { nonces: number[] }).nonces[0] as number);
    return undefined;
  };
  const { exitCode, stderr } = await start(['--resume', folder]);
  expect(exitCode, stderr).toBe(0);
  expect(asked.size).toBe(7 - kept.size);
  const report = await reportIn(folder);
  expect(report).toMatchObject({ verdict: 'PASS', validation: { response: { n_total: 200 } } });
  const lines = (await readFile(observations, 'utf8')).trimEnd().split('\n');
  expect(new Set(lines.map((line) => JSON.parse(line).nonce)).size).toBe(200);
  expect(lines).toHaveLength(200);

  const again = await start(['--resume', folder]);
  expect(again.exitCode).toBe(1);
  expect(again.stderr).toContain('is finished: PASS');
});

test('a killed run that was generating is taken up: its generation is stopped', async () => {
  const simulator = await simulate(5);
  const folder = folders.path('killed-generating');
  const run = start(fresh(simulator, folder, '--warmup-seconds', '0', '--measure-seconds', '1'));
  await until(() => isGenerating(simulator));
  run.kill('SIGKILL');
  await run;
  expect(isGenerating(simulator)).toBe(true);

  const other = await start(['--resume', folder, '--strict']);
  expect(other.exitCode).toBe(1);
  expect(other.stderr).toContain('--strict differs from the run');

  const { exitCode, stderr } = await start(['--resume', folder]);
  expect(exitCode, stderr).toBe(0);
  expect(isGenerating(simulator)).toBe(false);
  expect((await reportIn(folder)).throughput?.summary.mean).toBeGreaterThan(0);
});

test('a replica that is out of rotation when its generation is to stop holds up nothing behind it', async () => {
  node = await startMlNodeSimulator({
    replicas: ['honest', 'honest'],
    golden,
    batchTimeMs: 5,
    healthIntervalMs: 100,
  });
  const simulator = node;
  const port = simulator.backends[1] as number;
  const run = start(
    fresh(
      simulator,
      folders.path('away'),
      '--warmup-seconds=0',
      '--measure-seconds=1',
      '--validation-timeout=15',
    ),
  );
  await until(() => isGenerating(simulator));
  // Gone before the stop, and back while the node is waited for.
  simulator.setReplicaHealthy(port, false);
  const back = setTimeout(() => simulator.setReplicaHealthy(port, true), 2_500);
  const { exitCode, stderr } = await run;
  clearTimeout(back);
  // Asked of the replica itself: a node that left it generating may have ended before it came back.
  expect(simulator.isGenerating(port)).toBe(false);
  expect(exitCode, stderr).toBe(0);
  expect((await reportIn(folders.path('away'))).validation?.response.n_total).toBe(200);
});
