import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { findGolden } from '../../src/golden/catalog.js';
import { keepReportJson, openRunFolder } from '../../src/run/write.js';
import { type MlNodeSimulator, startMlNodeSimulator } from '../../src/simulator/mlnode/index.js';
import { assayHere } from '../support/assay.js';
import { goldenVectors, judgeInput, seededRandom, unitVector } from '../support/measurements.js';
import { reportOf } from '../support/report.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();
const random = seededRandom(7);
const aReport = reportOf(judgeInput(goldenVectors(8, random), () => unitVector(random)));
const MODEL = 'moonshotai/Kimi-K2.6';
let node: MlNodeSimulator | undefined;
afterEach(async () => {
  delete process.env['GITHUB_STEP_SUMMARY'];
  await node?.close();
});

/** Validates a node whose replicas compute what their profile says. */
async function validate(profile: 'exact' | 'unrelated', folder: string, ...more: string[]) {
  node = await startMlNodeSimulator({ replicas: [profile], batchTimeMs: 1, golden: await findGolden(MODEL) });
  const flags = ['--mlnode-url', node.url, '--model', MODEL, '--skip-throughput', '--quiet'];
  return assayHere(['validate', ...flags, '--exp-dir', folder, ...more]);
}

describe('a verdict that was reached', () => {
  it.each(['exact', 'unrelated'] as const)(
    'stands where the step summary cannot be written: %s',
    async (profile) => {
      process.env['GITHUB_STEP_SUMMARY'] = temp.path('nowhere/at/all');
      const folder = temp.path(`summary-${profile}`);
      const { exitCode, stderr } = await validate(profile, folder, '--report', 'github');
      expect(exitCode).toBe(profile === 'exact' ? 0 : 2);
      expect(stderr).toContain('assay: the reports were not written: cannot write the step summary');
    },
  );

  it('stands where a page has a folder in its place', async () => {
    const folder = temp.path('page');
    process.env['GITHUB_STEP_SUMMARY'] = temp.path('');
    const { exitCode, stderr } = await validate('unrelated', folder, '--report', 'github,html');
    expect([exitCode, stderr.split('\n').length]).toEqual([2, 1]);
    expect(JSON.parse(readFileSync(`${folder}/validate_report.json`, 'utf8')).verdict).toBe('FAIL');
  });
});

describe('a report that could not be read back', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 1e300])(
    'is not written over one that can: %d',
    async (value) => {
      const path = temp.path(`bad${value}`);
      mkdirSync(path);
      writeFileSync(`${path}/validate_report.json`, 'older');
      await expect(keepReportJson(openRunFolder(path), { ...aReport, duration_s: value })).rejects.toThrow(
        /duration_s/,
      );
      expect(readFileSync(`${path}/validate_report.json`, 'utf8')).toBe('older');
    },
  );
});
