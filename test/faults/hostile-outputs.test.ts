import { existsSync, readFileSync } from 'node:fs';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { createColors } from 'picocolors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { printable } from '../../src/clean.js';
import { runCommandLine } from '../../src/cli.js';
import { everyCommand } from '../../src/commands/table.js';
import { findGolden } from '../../src/golden/catalog.js';
import { createMetrics } from '../../src/live/metrics.js';
import { startMlNodeSimulator } from '../../src/simulator/mlnode/index.js';
import { startNetworkSimulator } from '../../src/simulator/network/simulator.js';
import { KIMI } from '../support/chain.js';
import { type Answered, startFront } from '../support/front.js';
import { head } from '../support/golden.js';
import { HOSTILE_TEXTS, SAFE_LINE } from '../support/hostile-texts.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();
const MARKUP =
  '<script>alert(1)</script><img src=x onerror=alert(1)>]]>&lt;!--{{x}} | **b** `c` [l](javascript:x) \uffff\ud800';
/** Short enough to be taken for a version or a name … */
const SHORT = `${HOSTILE_TEXTS.join(' ')}${MARKUP}`;
/** … and longer than anything is. */
const HOSTILE = `${SHORT}${'long '.repeat(4000)}`;

const JENKINS = {
  fileName: 'junit-jenkins.xsd',
  contents: readFileSync(new URL('../oracles/junit-jenkins.xsd', import.meta.url), 'utf8'),
};
const golden = head(await findGolden(KIMI), 32);
const closing: { close(): Promise<unknown> }[] = [];
const own: { close(): Promise<unknown> }[] = [];
let nodeUrl = '';
let networkUrl = '';
let adminUrl = '';
/** What the fronts do with each text. */
let poison: (text: string, key: string) => string = (text) => text;
afterAll(() => Promise.all([...closing, ...own].map((server) => server.close())));

/** What a program reads in an answer to find out what it is, or how much. */
const PROTOCOL =
  /^(?:\d[\d.]*|true|false|[A-Z][A-Z_]+|ok|up|down|completed|queued|running|failed|gonka\w+|[0-9a-fA-F]{16,}|[\d-]+T[\d:.Z]+|\/[\w./]+|https?:.*)$/;
const KEYS = new Set([
  'public_key',
  'dtype',
  'endian',
  'vector_b64',
  'request_id',
  'status',
  'state',
  'phase',
  'epoch_phase',
  'id',
  '@type',
]);

function poisoned(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return poison(value, key);
  if (Array.isArray(value)) return value.map((one) => poisoned(one, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, poisoned(one, name)]));
}

/** Texts that nobody reads as anything but a text. */
const words = (text: string, key: string) =>
  PROTOCOL.test(text) || KEYS.has(key) ? text : `${text}${SHORT}`;
/** Every text. */
const all = (_text: string, key: string) => (key === 'vector_b64' ? 'A' : HOSTILE);

beforeAll(async () => {
  const node = await startMlNodeSimulator({ replicas: ['exact', 'unrelated'], golden, batchTimeMs: 1 });
  const network = await startNetworkSimulator({ blockTimeMs: 60_000 });
  const change = ({ json }: Answered) => poisoned(json);
  const fronts = await Promise.all([node, network].map(({ url }) => startFront(url, change)));
  const admin = await startFront(network.url, change);
  own.push(...fronts, admin);
  closing.push(node, network);
  [nodeUrl, networkUrl, adminUrl] = [fronts[0]?.url as string, fronts[1]?.url as string, admin.url];
});

/** Runs a command line as its process would print it; commands to a CI system are apart. */
async function run(...args: string[]) {
  const out: string[] = [];
  const data: string[] = [];
  const commands: string[] = [];
  const terminal = {
    out(text: string) {
      data.push(printable(text, false));
      out.push(printable(text, false));
    },
    command: (text: string) => commands.push(text),
    say: (text: string) => out.push(printable(text, false)),
    colors: createColors(false),
    interactive: false,
    canAsk: false,
    width: 100,
  };
  const exitCode = await runCommandLine(
    args,
    { terminal, signal: AbortSignal.timeout(100_000) },
    everyCommand,
  );
  return { exitCode, printed: out.join('\n'), stdout: data.join('\n'), commands: commands.join('\n') };
}

function expectSafeLines(text: string, where: string) {
  for (const line of text.split('\n')) {
    expect(line.length, where).toBeLessThan(200_000);
    expect(line.replaceAll('\t', ' '), where).toMatch(SAFE_LINE);
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/** Workflow commands are ours alone, one a line. */
function expectOwnCommands(text: string, where: string) {
  for (const line of text.split('\n').filter((one) => one !== '')) {
    expect(line, where).toMatch(/^::(?:error|warning|notice) title=[^:]*::/);
    expect(line, where).not.toMatch(/##[a-z-]*\[/i);
    expect(line, where).not.toMatch(CONTROLS);
  }
}

async function expectSafeFile(path: string) {
  const text = await readFile(path, 'utf8');
  const name = path.split('/').at(-1) as string;
  if (name.endsWith('.github.txt')) return expectOwnCommands(text, path);
  switch (extname(name)) {
    case '.html':
      expect(text, path).not.toMatch(/<script>alert|<img src=x|javascript:x["']/);
      expect(text, path).not.toMatch(CONTROLS);
      return;
    case '.xml': {
      expect(text, path).not.toMatch(CONTROLS);
      const { errors } = await validateXML({ xml: { fileName: 'a.xml', contents: text }, schema: JENKINS });
      expect(
        errors.map(({ rawMessage }) => rawMessage),
        path,
      ).toEqual([]);
      return;
    }
    case '.md':
      expect(text, path).not.toMatch(/(^|[^\\])<(script|img)/m);
      expectSafeLines(text, path);
      return;
    case '.json':
    case '.jsonl':
      for (const line of extname(name) === '.json' ? [text] : text.trimEnd().split('\n')) JSON.parse(line);
      expect(text, path).not.toMatch(CONTROLS);
      return;
    default:
      expectSafeLines(text, path);
  }
}

async function expectSafeFiles(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  for (const file of files) await expectSafeFile(file);
  return files.length;
}

const ALL_REPORTS = ['--report', 'html,junit,markdown,github'];
const validateArgs = (folder: string, ...more: string[]) => [
  ...['validate', '--mlnode-url', nodeUrl, '--model', KIMI, '--exp-dir', folder, ...ALL_REPORTS],
  ...['--warmup-seconds', '0', '--measure-seconds', '0.1', '--reference', temp.path('reference.json')],
  ...more,
];

describe.each([
  ['in every word', words],
  ['in every text', all],
])('hostile texts of a node, its network node and its chain, %s', (what, how) => {
  const folder = (name: string) => temp.path(`${how.name}-${name}`);

  it('reach no output of a validation as they are', async () => {
    const { artifacts, ...file } = JSON.parse(await readFile(golden.path, 'utf8'));
    await temp.write('reference.json', { ...file, artifacts: artifacts.slice(0, 32) });
    poison = how;
    const summary = folder('summary.md');
    process.env['GITHUB_STEP_SUMMARY'] = summary;
    const ended = await run(...validateArgs(folder('run'), '--verbose'));
    delete process.env['GITHUB_STEP_SUMMARY'];
    expectSafeLines(ended.printed, what);
    const json = await run(...validateArgs(folder('json'), '--json'));
    if (json.exitCode === 2) JSON.parse(json.stdout);
    expectSafeLines(json.printed, `${what}: --json`);
    if (how === words) expect(ended.exitCode, ended.printed).toBe(2);
    for (const name of ['run', 'json'])
      if (existsSync(folder(name))) expect(await expectSafeFiles(folder(name))).toBeGreaterThan(2);
    if (existsSync(summary)) await expectSafeFile(summary);
    if (how !== words) return;
    for (const format of ['text', 'json', 'html', 'markdown', 'junit', 'github']) {
      const { printed, commands } = await run('report', folder('run'), '--format', format);
      if (format === 'github') expectOwnCommands(commands, format);
      else if (format !== 'html') expectSafeLines(printed, format);
      else expect(printed).not.toMatch(/<script>alert|<img src=x/);
    }
    const history = folder('history.html');
    expectSafeLines(
      (await run('history', folder('run'), folder('json'), '--html', history)).printed,
      'history',
    );
    if (existsSync(history)) await expectSafeFile(history);
  });

  it.each([
    ['node', 'list', '--admin-url'],
    ['node', 'list', '--json', '--admin-url'],
    ['chain', 'models', '--node'],
    ['chain', 'models', '--json', '--node'],
    ['bootstrap', 'status', '--model', KIMI, '--node'],
    ['bootstrap', 'status', '--model', KIMI, '--json', '--node'],
    ['bootstrap', 'status', '--node'],
    ['bootstrap', 'intents', '--model', KIMI, '--node'],
    ['bootstrap', 'timeline', '--node'],
    ['bootstrap', 'preeligibility', '--model', KIMI, '--node'],
    ['poc', 'outcome', '--node'],
    ['poc', 'state', '--node'],
    ['poc', 'forecast', '--node'],
    ['poc', 'votes', '--node'],
    ['doctor', '--mlnode-url', 'NODE', '--node'],
    ['record', '--mlnode-url', 'NODE', '--model', KIMI, '--num-nonces', '32', '--out', 'OUT'],
  ])('reach no line of assay %s %s', async (...args: string[]) => {
    poison = how;
    const last = args.at(-1);
    const url =
      last === '--admin-url' ? [adminUrl] : last === '--node' ? [networkUrl, '--max-wait', '0.2'] : [];
    const named = args.map((arg) =>
      arg === 'NODE' ? nodeUrl : arg === 'OUT' ? folder('recorded.json') : arg,
    );
    const withoutWait = await run(...named, ...url);
    const ended = /Unknown argument/.test(withoutWait.printed)
      ? await run(...named, ...url.slice(0, 1))
      : withoutWait;
    expectSafeLines(ended.printed, args.join(' '));
    expect(ended.printed, args.join(' ')).not.toMatch(/internal error|Unknown argument/);
  });
});

describe('hostile texts of files', () => {
  it('reach no line and no page, from a reference, a fleet, a run and a host file', async () => {
    poison = (text) => text;
    const { artifacts, ...file } = JSON.parse(readFileSync(golden.path, 'utf8'));
    const reference = await temp.write('hostile.json', {
      ...file,
      notes: HOSTILE,
      source: HOSTILE,
      generated_at: HOSTILE,
      provenance: { hardware: HOSTILE, build: HOSTILE, source: HOSTILE },
      artifacts: artifacts.slice(0, 32),
    });
    for (const verb of ['show', 'verify'])
      expectSafeLines((await run('golden', verb, reference)).printed, verb);
    const folder = temp.path('of-files');
    const ended = await run(
      ...validateArgs(folder, '--reference', reference).filter((arg) => arg !== temp.path('reference.json')),
    );
    expectSafeLines(ended.printed, 'validate');
    if (existsSync(folder)) await expectSafeFiles(folder);

    const fleet = await temp.write('fleet.yaml', {
      name: HOSTILE.slice(0, 200),
      model: KIMI,
      nodes: [{ id: HOSTILE.slice(0, 200), url: nodeUrl }],
    });
    const out = temp.path('fleet');
    const flags = ['--out', out, '--skip-throughput', '--reference', temp.path('reference.json')];
    const told = await run('fleet', 'validate', fleet, ...flags);
    expectSafeLines(told.printed, 'fleet');
    if (existsSync(out)) await expectSafeFiles(out);
    for (const args of [
      ['lifecycle', 'status', await temp.write('host.yaml', { address: HOSTILE, [HOSTILE]: HOSTILE })],
      ['lifecycle', 'plan', await temp.write('host2.yaml', HOSTILE)],
      ['compare', reference, await temp.write('recorded.json', { ...file, notes: HOSTILE, artifacts })],
      ['catalog', 'list', '--catalog', HOSTILE.replaceAll('\u0000', '')],
      ['report', temp.path(HOSTILE.slice(0, 60).replaceAll('\u0000', ''))],
      ['validate', '--mlnode-url', HOSTILE, '--model', HOSTILE],
      [
        'tx',
        'log',
        '--log',
        await temp.write('tx.jsonl', `${HOSTILE}\n${JSON.stringify({ at: HOSTILE, kind: HOSTILE })}\n`),
      ],
      [HOSTILE],
      ['validate', `--${HOSTILE}`],
    ])
      expectSafeLines((await run(...args)).printed, args.slice(0, 2).join(' ').slice(0, 80));
  });

  it('reach nothing from the files of a run that somebody changed', async () => {
    const copy = temp.path('changed');
    await cp(temp.path('words-run'), copy, { recursive: true });
    const path = join(copy, 'validate_report.json');
    poison = (text, key) => (PROTOCOL.test(text) || KEYS.has(key) ? text : `${text}${HOSTILE}`);
    const report = JSON.parse(await readFile(path, 'utf8'));
    const texts = { verdict_reason: HOSTILE, warnings: [HOSTILE], error: HOSTILE };
    await writeFile(
      path,
      JSON.stringify({ ...report, ...texts, warning_details: [{ text: HOSTILE, about_node: true }] }),
    );
    for (const format of ['text', 'json', 'html', 'markdown', 'junit', 'github']) {
      const { printed, commands } = await run('report', copy, '--format', format);
      expect(printed + commands, format).not.toMatch(/internal error/);
      // Markdown is printed as it is, not as commands, and is held to the rules of all that is printed.
      if (format === 'markdown') expectSafeLines(commands, format);
      else expectOwnCommands(commands, format);
      if (format !== 'html') expectSafeLines(printed, format);
      const file = temp.path(
        `changed.${{ html: 'html', junit: 'xml', markdown: 'md', json: 'json' }[format] ?? 'txt'}`,
      );
      if (format === 'github') continue;
      await run('report', copy, '--format', format, '--out', file);
      await expectSafeFile(file);
    }
    expectSafeLines((await run('judge', copy)).printed, 'judge');
  });

  it('break no line of the metrics', async () => {
    const metrics = createMetrics([{ id: HOSTILE, site: HOSTILE, model: HOSTILE, url: nodeUrl }]);
    const text = await metrics.registry.metrics();
    for (const line of text.split('\n').filter((one) => one !== ''))
      expect(line).toMatch(/^(?:# (?:HELP|TYPE) assay_|assay_[a-z0-9_]+(?:\{.*\})? [-+.\deNaInf]+$)/s);
  });
});
