import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { findGolden } from '../../src/golden/catalog.js';
import { packageRoot } from '../../src/paths.js';
import { addressOf } from '../../src/simulator/chain/chain.js';
import { installInferenced, SIMULATED_PASSPHRASE } from '../../src/simulator/inferenced/install.js';
import { hasRedis, type RealRedis, startRedis } from '../support/redis.js';
import { KIMI, QWEN, startSite } from '../support/site.js';
import { useTempFolder } from '../support/temp.js';

/** Every character that a URL takes in a password as it is … */
const RAW = `hush'"<>\`{}|^ $&;,()!*+=~hush`;
/** … and those that must be written in another way. */
const ENCODED = 'hush%2Fhush%25hush%23hush%3Fhush%40hush%20hush';
/** A password in whatever form it may come out: as it is, encoded or in base64 (wherever it begins). */
const SPELLINGS = /hush|h%75sh|aHVza|h1c2|odXNo/i;
const PASSPHRASE_SPELLINGS = new RegExp(SIMULATED_PASSPHRASE);

const temp = useTempFolder();
const limit = pLimit(3);
let site: Awaited<ReturnType<typeof startSite>>;
let redis: RealRedis | undefined;
let commands = 0;

beforeAll(async () => {
  site = await startSite({ model: KIMI, golden: await findGolden(KIMI), args: [] });
  if (hasRedis) redis = await startRedis(`${RAW}and more`);
});
afterAll(async () => {
  await site.close();
  await redis?.close();
});

const withPassword = (url: string, password: string) =>
  url.replace('://', () => `://operator:${password}@`).replace('127.0.0.1', 'localhost');

/** Arguments of every process below a process, by its id: looked at as long as that one runs. */
function childrenOf(pid: number): string[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const ids = threads.flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim().split(' ').filter(Boolean),
    );
    return ids.flatMap((id) => [readFileSync(`/proc/${id}/cmdline`, 'utf8'), ...childrenOf(Number(id))]);
  } catch {
    // It has ended meanwhile.
    return [];
  }
}

/** Runs a command in a folder of its own, and gathers all that it left anywhere but in its own arguments. */
function run(args: string[], { env = {}, files = {}, ms = 90_000, until }: Partial<Surroundings> = {}) {
  return limit(async () => {
    const cwd = temp.path(`cwd${++commands}`);
    await mkdir(cwd);
    for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text, { mode: 0o600 });
    const child = execa(process.execPath, [`${packageRoot}/dist/main.js`, ...args, '--verbose'], {
      cwd,
      env: { ...env, HOME: cwd },
      reject: false,
      stdin: 'ignore',
      timeout: ms,
      killSignal: 'SIGTERM',
    });
    const argumentsSeen = new Set<string>();
    const watching = setInterval(() => {
      for (const line of childrenOf(child.pid as number)) argumentsSeen.add(line);
    }, 30);
    until?.then(() => child.kill('SIGTERM'));
    const { stdout, stderr, exitCode } = await child;
    clearInterval(watching);
    const entries = await readdir(cwd, { recursive: true, withFileTypes: true });
    const left = entries.filter((entry) => entry.isFile() && !Object.hasOwn(files, entry.name));
    const written = await Promise.all(
      left.map(async ({ parentPath, name }) => `${name}\n${await readFile(join(parentPath, name), 'utf8')}`),
    );
    return { stdout, stderr, exitCode, cwd, written, childArguments: [...argumentsSeen], names: entries };
  });
}

type Case = [args: string[], surroundings?: Partial<Surroundings>];

interface Surroundings {
  env: Record<string, string>;
  /** Of the user: these may hold what they hold. */
  files: Record<string, string>;
  ms: number;
  /** The command is stopped when this has happened. */
  until: Promise<unknown>;
}

function expectNoSecret(ended: Awaited<ReturnType<typeof run>>, what: string) {
  for (const text of [ended.stdout, ended.stderr, ...ended.written, ...ended.childArguments]) {
    for (const [line, number] of text.split('\n').map((one, at) => [one, at] as const)) {
      expect(`${what}: ${number}: ${line.replaceAll(/[A-Za-z0-9+/]{200,}={0,2}/g, '…')}`).not.toMatch(
        SPELLINGS,
      );
      expect(line, what).not.toContain('operator');
    }
  }
  for (const { name } of ended.names) expect(name, what).not.toMatch(SPELLINGS);
}

describe.each([
  ['as it is', RAW],
  ['encoded', ENCODED],
])('a password in a URL, written %s', (_how, password) => {
  const urls = () => ({
    node: withPassword(site.ml.url, password),
    network: withPassword(site.net.url, password),
    dead: withPassword('http://127.0.0.1:9', password),
  });
  const flags = ['--skip-throughput', '--no-self-check'];
  const hostYaml = () =>
    stringify({
      address: addressOf('host1'),
      key: 'host1',
      node: urls().network,
      admin_url: urls().network,
      model: KIMI,
      choice: 'deploy',
      ml_nodes: [{ id: 'node1', host: '127.0.0.1', gpu: 'B200', poc_port: site.ml.port }],
    });
  const fleetYaml = () => stringify({ model: KIMI, nodes: [{ id: 'one', url: urls().node }] });

  it('is in no output, file or argument of any command', async () => {
    const { node, network, dead } = urls();
    const reports = ['--report', 'html,junit,markdown,github'];
    const cases: Case[] = [
      [['validate', '--mlnode-url', node, '--model', KIMI, '--node', network, ...flags, ...reports]],
      [['validate', '--mlnode-url', node, '--model', KIMI, '--progress', 'json', '--json', ...flags]],
      [
        ['validate', ...flags, '--print-config'],
        { env: { ASSAY_MLNODE_URL: node, ASSAY_NODE: network, ASSAY_MODEL: KIMI } },
      ],
      [['validate', '--model', KIMI, ...flags], { env: { ASSAY_MLNODE_URL: dead, ASSAY_NODE: dead } }],
      [
        ['validate', '--model', KIMI, ...flags],
        { files: { 'assay.yaml': stringify({ 'mlnode-url': node }) } },
      ],
      [['validate', '--mlnode-url', `${dead}/a b`, '--model', KIMI]],
      [
        [
          ...['validate', '--mlnode-url', site.ml.url, '--model', KIMI, ...flags],
          ...['--challenge', '32', '--trusted-url', dead],
        ],
      ],
      [['record', '--mlnode-url', node, '--model', KIMI, '--num-nonces', '32', '--out', 'recorded.json']],
      [['compare', node, KIMI, '--html', 'page.html']],
      [['doctor', '--mlnode-url', node, '--node', network, '--model', KIMI]],
      [['node', 'list', '--admin-url', network]],
      [['node', 'list', '--admin-url', dead]],
      [['node', 'disable', 'node1', '--yes'], { env: { ADMIN_API_URL: network, ASSAY_NODE: dead } }],
      [['chain', 'models', '--node', dead]],
      [['bootstrap', 'status', '--model', KIMI, '--node', network]],
      [['poc', 'outcome', '--node', network, '--address', addressOf('host1')]],
      [['tx', 'intent', KIMI, '--from', 'host1', '--node', network, '--dry-run']],
      [['lifecycle', 'plan', '--file', 'host.yaml'], { files: { 'host.yaml': hostYaml() } }],
      [
        ['lifecycle', 'run', '--file', 'host.yaml', '--yes'],
        { files: { 'host.yaml': hostYaml() }, ms: 6_000 },
      ],
      [['accept', '--mlnode-url', dead, '--model', KIMI]],
      [
        ['fleet', 'validate', 'fleet.yaml', '--out', 'out', ...flags],
        { files: { 'fleet.yaml': fleetYaml() } },
      ],
      [
        [
          'watch',
          'fleet.yaml',
          '--no-network',
          '--every',
          '1h',
          '--out',
          'watched',
          '--metrics',
          '127.0.0.1:0',
        ],
        { files: { 'fleet.yaml': fleetYaml() }, ms: 8_000 },
      ],
      [
        ['chain', 'models', '--node', 'http://node.invalid:8000'],
        { env: { HTTP_PROXY: dead, HTTPS_PROXY: dead, http_proxy: dead } },
      ],
      [['fleet', 'worker', '--site', 'a'], { env: { ASSAY_QUEUE: dead.replace('http:', 'redis:') } }],
      [['fleet', 'worker', '--site', 'a', '--queue', dead.replace('http:', 'redis:')]],
    ];
    // Each command once with every character is enough; the other way of writing it goes by the same reader.
    const chosen = cases.filter((_, at) => password === RAW || at % 3 === 0);
    // The first has the node to itself: requests of others in between can keep it from a replica, and then from a PASS.
    const runCase = ([args, surroundings]: Case) => run(args, surroundings);
    const ended = [await runCase(chosen[0] as Case)];
    ended.push(...(await Promise.all(chosen.slice(1).map(runCase))));
    for (const [at, one] of ended.entries()) {
      const what = (chosen[at]?.[0] ?? [])
        .slice(0, 3)
        .join(' ')
        .replaceAll(password, '…')
        .replaceAll('operator', '…');
      expectNoSecret(one, what);
      expect(one.stdout + one.stderr, what).not.toMatch(/internal error|Unknown argument/);
    }
    // Some of them have to have come as far as a file.
    expect(ended[0]?.exitCode, `${ended[0]?.stdout}\n${ended[0]?.stderr}`).toBe(0);
    expect(ended[0]?.written.length).toBeGreaterThan(4);
  });

  it.skipIf(!hasRedis)('is in no key and value of the queue, nor with the worker', async () => {
    const { node } = urls();
    const fleet = stringify({ sites: { a: {} }, model: KIMI, nodes: [{ id: 'one', site: 'a', url: node }] });
    const env = {
      ASSAY_QUEUE: redis?.env.ASSAY_QUEUE ?? '',
      ASSAY_QUEUE_PASSWORD: redis?.env.ASSAY_QUEUE_PASSWORD ?? '',
    };
    const seen = new Set<string>();
    let isOver = false;
    const watching = (async () => {
      while (!isOver) {
        for (const key of (await redis?.client.keys('*')) ?? []) seen.add(`${key}\n${await textOf(key)}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    let finish = () => {};
    const until = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const worker = run(['fleet', 'worker', '--site', 'a', '--node-credentials', 'credentials'], {
      env,
      files: { credentials: `${node}\n` },
      until,
    });
    const command = await run(['fleet', 'validate', 'fleet.yaml', '--out', 'out', ...flags], {
      env,
      files: { 'fleet.yaml': fleet },
    });
    finish();
    expect(command.exitCode, command.stderr).toBe(0);
    expectNoSecret(command, 'fleet validate --queue');
    expectNoSecret(await worker, 'fleet worker');
    isOver = true;
    await watching;
    expect(seen.size).toBeGreaterThan(3);
    for (const text of seen)
      expect(text.replaceAll(/[A-Za-z0-9+/]{200,}={0,2}/g, '…')).not.toMatch(/operator|hush/);
  });
});

async function textOf(key: string): Promise<string> {
  const client = redis?.client;
  if (client === undefined) return '';
  switch (await client.type(key)) {
    case 'string':
      return (await client.get(key)) ?? '';
    case 'hash':
      return JSON.stringify(await client.hgetall(key));
    case 'list':
      return JSON.stringify(await client.lrange(key, 0, -1));
    case 'set':
      return JSON.stringify(await client.smembers(key));
    case 'zset':
      return JSON.stringify(await client.zrange(key, 0, -1));
    default:
      return JSON.stringify(await client.xrange(key, '-', '+').catch(() => ''));
  }
}

it('has the passphrase of a keyring in no argument, output and file', async () => {
  const folder = temp.path('keyring');
  await mkdir(folder);
  const keys = Object.fromEntries(site.net.chain.hosts.map(({ name, address }) => [name, address]));
  const inferenced = await installInferenced(folder, { keys, passphrase: SIMULATED_PASSPHRASE });
  const ended = await run(
    [
      ...[
        'tx',
        'intent',
        QWEN,
        '--from',
        'host1',
        '--node',
        site.net.url,
        '--inferenced',
        inferenced,
        '--yes',
      ],
      ...['--passphrase-file', 'pass'],
    ],
    { files: { pass: `${SIMULATED_PASSPHRASE}\n` }, ms: 6_000 },
  );
  for (const text of [ended.stdout, ended.stderr, ...ended.written, ...ended.childArguments])
    expect(text).not.toMatch(PASSPHRASE_SPELLINGS);
  expect(ended.childArguments.join('\n')).toContain('inferenced');
});
