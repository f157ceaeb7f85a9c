import { appendFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { goldenFolder } from '../../src/golden/catalog.js';
import { loadGolden } from '../../src/golden/load.js';
import type { GoldenReference } from '../../src/golden/reference.js';
import { readRun } from '../../src/run/read.js';
import type { ValidateReport } from '../../src/run/report.js';
import { aboutRun } from '../../src/run/warnings.js';
import type { JudgeInput } from '../../src/verdict/input.js';
import { assay, assayHere } from '../support/assay.js';
import {
  atDistance,
  gammaDistance,
  goldenVector,
  HONEST,
  INT4,
  judgeInput,
  seededRandom,
} from '../support/measurements.js';
import { reportOf } from '../support/report.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();
const random = seededRandom(21);
let kimi: GoldenReference;
beforeAll(async () => {
  kimi = await loadGolden(join(goldenFolder, 'moonshotai-kimi-k2.6.json'));
});

const like = ({ mean, sd }: { mean: number; sd: number }, changes: Partial<JudgeInput> = {}) =>
  judgeInput(
    kimi,
    (row) => atDistance(goldenVector(kimi, row), gammaDistance(mean, sd, random), random),
    changes,
  );

/** Writes what a run of these measurements leaves behind. */
async function savedRun(name: string, input: JudgeInput): Promise<string> {
  const folder = temp.path(name);
  await mkdir(folder);
  const made = reportOf(input);
  const config = {
    ...made.config,
    reference: { ...made.config.reference, path: kimi.path, sha256: kimi.sha256 },
  };
  const lines = input.observations.map((observation) => `${JSON.stringify(observation)}\n`).join('');
  await writeFile(join(folder, 'validate_config.json'), JSON.stringify(config));
  await writeFile(join(folder, 'validate_report.json'), JSON.stringify({ ...made, config }));
  await writeFile(join(folder, 'observations.jsonl'), lines);
  return folder;
}

describe('assay judge', () => {
  it('comes to the verdict of the run, warnings of earlier phases included', async () => {
    const input = like(INT4, { warnings: [aboutRun('the node serves users')] });
    const folder = await savedRun('same', input);
    const { report } = await readRun(folder);
    const { stdout, exitCode } = await assay(['judge', folder, '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual(report);
    expect(report.warnings).toHaveLength(2);
  });

  it('judges by other thresholds, names them, and exits as the verdict says', async () => {
    const folder = await savedRun('other', like(INT4));
    const { stdout, exitCode } = await assay([
      'judge',
      folder,
      '--threshold',
      '0.1737',
      '--p-mismatch',
      '0.05',
    ]);
    expect(exitCode).toBe(2);
    expect(stdout.split('\n')[1]).toBe('verdict: FAIL');
    expect(stdout).toMatch(/dist_threshold +0\.1737 +command line/);
    expect(stdout).toMatch(/fraud_threshold +0\.05 +reference/);
  });

  it('judges several runs, with the worst exit code, and a broken one beside them', async () => {
    const good = await savedRun('several-good', like(HONEST));
    const bad = await savedRun('several-bad', like(INT4));
    const both = await assayHere(['judge', good, bad, '--threshold', '0.1737', '--json']);
    expect(JSON.parse(both.stdout).map(({ verdict }: ValidateReport) => verdict)).toEqual(['PASS', 'FAIL']);
    expect(both.exitCode).toBe(2);
    const broken = await assayHere(['judge', good, temp.path('nowhere')]);
    expect(broken.stdout).toContain(good);
    expect(broken.stderr).toMatch(/^assay: .*nowhere/);
    expect(broken.exitCode).toBe(1);
  });

  it("sends nobody to the run's files for what they do not have", async () => {
    const folder = await savedRun('not-in-files', like(INT4));
    const { stdout } = await assayHere(['judge', folder, '--threshold', '0.05']);
    expect(stdout).toMatch(/and \d+ more, --json has them/);
    expect(stdout).toContain(
      "the node's own check: it counted with the threshold of the run, and not with this one",
    );
  });

  it('fails under --strict what only looks quantised', async () => {
    const folder = await savedRun('strict', like(INT4));
    const { stdout, exitCode } = await assay(['judge', folder, '--strict']);
    expect(exitCode).toBe(2);
    expect(stdout).toContain('strict: distances far outside the honest band');
    expect(stdout).toContain('[known_fraud]');
  });

  it('leaves the run folder as it was', async () => {
    const folder = await savedRun('untouched', like(HONEST));
    const before = await readdir(folder);
    await assay(['judge', folder, '--threshold', '0.05']);
    expect(await readdir(folder)).toEqual(before);
  });

  it('judges a killed run by its measurements, a torn last line aside', async () => {
    const input = like(HONEST);
    const folder = await savedRun('killed', {
      ...input,
      observations: input.observations.slice(0, 160),
    });
    await rm(join(folder, 'validate_report.json'));
    await appendFile(join(folder, 'observations.jsonl'), '{"nonce":160,"vec');
    const { stdout, exitCode } = await assay(['judge', folder, '--json']);
    const report = JSON.parse(stdout) as ValidateReport;
    expect({ exitCode, verdict: report.verdict }).toEqual({ exitCode: 1, verdict: 'INCOMPLETE' });
    expect(report.validation?.unanswered_nonces).toEqual(kimi.nonces.slice(160));
    expect(report.warnings.join()).toContain('without a report');
  });

  it.each<[string, (folder: string) => Promise<unknown>, string[], RegExp]>([
    [
      'a folder that is not there',
      (folder) => rm(folder, { recursive: true }),
      [],
      /validate_config\.json: no such file/,
    ],
    [
      'a line that is no observation',
      (folder) => appendFile(join(folder, 'observations.jsonl'), '{"nonce":"7"}\n'),
      [],
      /observations\.jsonl: line 201: .*required/,
    ],
    [
      'a measurement that counts twice',
      (folder) =>
        appendFile(join(folder, 'observations.jsonl'), `${JSON.stringify(like(HONEST).observations[3])}\n`),
      [],
      /nonce 3: measured twice/,
    ],
    [
      'a report of another form',
      (folder) => writeFile(join(folder, 'validate_report.json'), '{"verdict":"PASS"}'),
      [],
      /validate_report\.json: /,
    ],
    ['a threshold above 1', async () => {}, ['--threshold', '1.5'], /--threshold must be a number above 0/],
    [
      'another reference',
      async () => {},
      ['--reference', join(goldenFolder, 'qwen-qwen3-0.6b.json')],
      /not the one of the run/,
    ],
  ])('refuses %s in one line, with exit code 1', async (name, damage, flags, message) => {
    const folder = await savedRun(name, like(HONEST));
    await damage(folder);
    const { stdout, stderr, exitCode } = await assay(['judge', folder, ...flags]);
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr.split('\n')).toHaveLength(1);
  });
});
