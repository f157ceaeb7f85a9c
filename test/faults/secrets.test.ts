import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MlNodeSimulator, startMlNodeSimulator } from '../../src/simulator/mlnode/index.js';
import { assay } from '../support/assay.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();
const MODEL = 'Qwen/Qwen3-0.6B';
let node: MlNodeSimulator;

beforeAll(async () => {
  node = await startMlNodeSimulator({ replicas: ['unrelated', 'exact'], batchTimeMs: 2, model: MODEL });
});
afterAll(() => node.close());

/** The node's URL with a user and a password. */
const secretUrl = (url = node.url) => url.replace('://', '://operator:hush-hush@');

async function everythingIn(folder: string): Promise<string> {
  const names = await readdir(folder);
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('\n');
}

it('writes the credentials of a URL to no stream and no file', async () => {
  const folder = temp.path('run');
  const { exitCode, stdout, stderr } = await assay([
    'validate',
    ...['--mlnode-url', secretUrl(), '--model', MODEL, '--warmup-seconds', '0', '--measure-seconds', '0.2'],
    ...['--exp-dir', folder, '--report', 'html,junit,markdown,github', '--verbose'],
  ]);
  expect(exitCode, stderr).toBe(2);
  const written = await everythingIn(folder);
  expect(written).toContain('***@127.0.0.1');
  expect(stdout + stderr + written).not.toMatch(/hush|operator/);
  const shown = await assay(['report', folder, '--format', 'json']);
  expect(shown.stdout).not.toMatch(/hush|operator/);
});

it.each([
  ['a node that is not there', () => secretUrl('http://127.0.0.1:9')],
  ['a URL that is none', () => 'http://operator:hush-hush@'],
  ['a password with an @', () => 'http://operator:hush@hush@127.0.0.1:9'],
])('nor when it fails: %s', async (_what, url) => {
  const flags = ['--model', MODEL, '--verbose', '--exp-dir', temp.path(_what)];
  const { exitCode, stdout, stderr } = await assay(['validate', '--mlnode-url', url(), ...flags]);
  expect(exitCode).toBe(1);
  expect(stdout + stderr).not.toMatch(/hush|operator/);
});

it('nor those of the trusted node of a challenge', async () => {
  const trusted = await startMlNodeSimulator({ replicas: ['exact'], batchTimeMs: 2, model: MODEL });
  const folder = temp.path('challenge');
  const flags = ['--mlnode-url', node.url, '--model', MODEL, '--exp-dir', folder, '--skip-throughput'];
  const asking = ['--challenge', '32', '--trusted-url', secretUrl(trusted.url), '--report', 'html'];
  const { exitCode, stdout, stderr } = await assay(['validate', ...flags, ...asking, '--verbose']);
  await trusted.close();
  expect(exitCode, stderr).toBe(2);
  const written = await everythingIn(folder);
  expect(written).toContain('challenge: computed by http://***@127.0.0.1');
  expect(stdout + stderr + written).not.toMatch(/hush|operator/);
});
