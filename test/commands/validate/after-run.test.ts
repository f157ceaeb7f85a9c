import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findGolden } from '../../../src/golden/catalog.js';
import type { ValidateReport } from '../../../src/run/report.js';
import { type MlNodeSimulator, startMlNodeSimulator } from '../../../src/simulator/mlnode/index.js';
import { assay, assayHere } from '../../support/assay.js';
import { useTempFolder } from '../../support/temp.js';

const MODEL = 'Qwen/Qwen3-0.6B';
const temp = useTempFolder();

let node: MlNodeSimulator;
beforeAll(async () => {
  node = await startMlNodeSimulator({
    replicas: ['honest', 'honest'],
    golden: await findGolden(MODEL),
    model: MODEL,
    batchTimeMs: 5,
  });
});
afterAll(() => node.close());

/** Validates the node, throughput measured for a second. */
const words = (run: string, flags: string[]) => [
  'validate',
  ...['--mlnode-url', node.url, '--model', MODEL, '--exp-dir', temp.path(run), '--quiet'],
  ...['--warmup-seconds=0', '--measure-seconds=1', '--sample-interval=0.5', ...flags],
];
const validate = (run: string, flags: string[], env: Record<string, string> = {}) =>
  assay(words(run, flags), { env });

const reportOf = async (run: string) =>
  JSON.parse(await readFile(temp.path(`${run}/validate_report.json`), 'utf8')) as ValidateReport;

/** The first run's report with other figures: what an older run may have been like. */
async function baselineWith(throughputFactor: number, p98: number): Promise<string> {
  const { throughput, validation, ...report } = await reportOf('first');
  if (throughput === null || validation?.distances.l2 == null) throw new Error('the run measured nothing');
  throughput.summary.mean *= throughputFactor;
  validation.distances.l2.p98 = p98;
  return temp.write('baseline.json', { ...report, throughput, validation });
}

describe('assay validate --report', () => {
  it('writes every format beside the report, and adds to the step summary of a workflow', async () => {
    const summary = temp.path('summary.md');
    const formats = ['--report', 'html,junit,markdown,github'];
    const { exitCode, stderr } = await validate('first', formats, { GITHUB_STEP_SUMMARY: summary });
    expect(exitCode).toBe(0);
    expect(await readdir(temp.path('first'))).toEqual([
      'observations.jsonl',
      'validate_config.json',
      'validate_report.github.txt',
      'validate_report.html',
      'validate_report.json',
      'validate_report.junit.xml',
      'validate_report.md',
      'validate_report.txt',
    ]);
    expect(stderr.match(/^written: /gm)).toHaveLength(4);
    const file = (name: string) => readFile(temp.path(`first/validate_report.${name}`), 'utf8');
    expect(await file('html')).toContain('✓ PASS');
    expect(await file('junit.xml')).toMatch(/<testsuite name="throughput"[^>]* tests="2" failures="0"/);
    expect(await file('github.txt')).toMatch(/^::notice title=PASS%3A Qwen\/Qwen3-0\.6B::/);
    expect(await file('md')).toMatch(/^## ✅ PASS: Qwen\/Qwen3-0\.6B\n/);
    expect((await readFile(summary, 'utf8')).trimEnd()).toBe((await file('md')).trimEnd());
  });
});

it('leaves the verdict and the next step the last lines of a terminal', async () => {
  const loud = words('last', ['--report', 'html', '--assert', 'p98<=0.01']).filter(
    (word) => word !== '--quiet',
  );
  const { exitCode, all } = await assayHere(loud);
  expect([exitCode, all]).toEqual([
    4,
    expect.stringMatching(/\nwritten: [\s\S]*\nverdict: PASS\n.*\n.*\nnext: .*$/),
  ]);
});

describe('assay validate --baseline', () => {
  const limits = ['--max-throughput-drop', '5%', '--max-p98-rise', '10%'];

  it('ends in exit 4 on a regression, with the numbers, the verdict unchanged', async () => {
    const baseline = await baselineWith(2, 0.01);
    const { exitCode, stderr } = await validate('slower', ['--baseline', baseline, ...limits]);
    expect(exitCode).toBe(4);
    const report = await reportOf('slower');
    expect(report).toMatchObject({ verdict: 'PASS', exit_code: 4 });
    const [throughput, p98] = stderr.split('\n').filter((line) => line.startsWith('regression: '));
    const rate = Number(report.throughput?.summary.mean.toPrecision(4));
    expect(throughput).toMatch(
      /^regression: throughput is \S+ where baseline \S+ has \S+: \S+ % worse, 5 % worse allowed$/,
    );
    expect(throughput).toContain(`throughput is ${rate} where`);
    const far = Number(report.validation?.distances.l2?.p98.toPrecision(4));
    expect(p98).toContain(`p98 is ${far} where baseline ${baseline} has 0.01: `);
    expect(p98).toMatch(/% worse, 10 % worse allowed$/);
  });

  it('is in every report, with a metric that was not measured by its name', async () => {
    const formats = ['--report=html,junit,markdown,github'];
    const asked = ['--assert', 'throughput>=1', '--assert=mismatch_rate<=50%', '--assert=max<=0.001'];
    const { exitCode, stdout } = await validate('asserted', [...asked, '--skip-throughput', ...formats]);
    expect(exitCode).toBe(4);
    const report = await reportOf('asserted');
    expect(report.assertions?.map(({ metric, outcome }) => [metric, outcome])).toEqual([
      ['throughput', 'not_measured'],
      ['mismatch_rate', 'met'],
      ['max', 'missed'],
    ]);
    const file = (name: string) => readFile(temp.path(`asserted/validate_report.${name}`), 'utf8');
    const missing = 'throughput was not measured';
    for (const text of [stdout, ...(await Promise.all(['txt', 'html', 'md', 'github.txt'].map(file)))]) {
      expect(text.replaceAll('\\_', '_')).toContain(missing);
      expect(text).toContain(
        '2 of 3 assertions failed: exit code 4'.slice(0, text.startsWith('::') ? 0 : 99),
      );
    }
    expect(await file('github.txt')).toMatch(/^::error title=assertion failed::max<=0\.001 /m);
    const junit = await file('junit.xml');
    expect(junit).toMatch(/<testsuite name="assertions"[^>]* tests="3" failures="2"/);
    expect(junit).toContain(missing);
    const judged = await assayHere(['judge', temp.path('asserted'), '--json']);
    expect(judged.exitCode).toBe(4);
    expect(JSON.parse(judged.stdout).assertions).toEqual(report.assertions);
  });

  it('is content within the limits, with a run folder for a baseline', async () => {
    const { exitCode, stderr } = await validate('same', [
      '--baseline',
      temp.path('first'),
      '--max-throughput-drop=90%',
      '--skip-validate',
    ]);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^held: throughput .*, 90 % worse allowed$/m);
    expect(stderr).toMatch(/^not compared: p98<=\S+ \(baseline \S+\): p98 was not measured$/m);
  });

  it.each([
    [['--max-p98-rise=10%'], 'need --baseline'],
    [['--baseline=nowhere.json'], 'no such file'],
    [['--baseline=FIRST', '--max-p98-rise=10'], '--max-p98-rise must be a percentage'],
    [['--assert=speed>=3'], 'not an assertion'],
    [['--own-baseline=nowhere'], 'no such file'],
    [['--report=html,pdf'], '"pdf" is not one of html, markdown, junit, github'],
  ])('refuses %j before it touches the node', async (flags, reason) => {
    const first = flags.map((flag) => flag.replace('FIRST', temp.path('first')));
    const { exitCode, stderr } = await assayHere(words('refused', first));
    expect(exitCode).toBe(1);
    expect(stderr.split('\n')).toHaveLength(1);
    expect(stderr).toContain(reason);
    await expect(readdir(temp.path('refused'))).rejects.toThrow('ENOENT');
  });
});
