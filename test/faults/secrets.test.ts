import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findGolden } from '../../src/golden/catalog.js';
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

/** Every character that a URL takes in a password, as it is or encoded; `hush` is what must be nowhere. */
const PASSWORDS = [
  `hush'"<>\`hush`,
  'hush hush',
  'hush%hush',
  'hush%2Fhush%40hush',
  'hush!$&()*+,;=~hush',
  'hush|{}^hush',
];
const SPELLINGS = /hush|aHVza|h%75sh/;

async function everythingBelow(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = names
    .filter((entry) => entry.isFile())
    .map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8'));
  return (await Promise.all(texts)).join('\n');
}

it.each(PASSWORDS)('nor those of a fleet, whose password is %s', async (password) => {
  const guarded = await startMlNodeSimulator({
    replicas: ['exact'],
    batchTimeMs: 1,
    model: MODEL,
    golden: await findGolden(MODEL),
  });
  const name = `fleet${PASSWORDS.indexOf(password)}`;
  const url = guarded.url.replace('://', () => `://operator:${password}@`);
  const fleet = await temp.write(
    `${name}.yaml`,
    JSON.stringify({ model: MODEL, nodes: [{ id: 'one', url }] }),
  );
  const out = temp.path(name);
  const flags = ['--out', out, '--skip-throughput'];
  const { exitCode, stdout, stderr } = await assay(['fleet', 'validate', fleet, ...flags, '--verbose']);
  await guarded.close();
  expect(exitCode, stderr).toBe(0);
  const written = await everythingBelow(out);
  expect(written).toContain('fleet_id');
  expect(stdout + stderr + written).not.toMatch(SPELLINGS);
  expect(stdout + stderr + written).not.toContain('operator');
});
