import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createColors } from 'picocolors';
import { describe, expect, it } from 'vitest';
import { loadGolden } from '../../src/golden/load.js';
import { renderText } from '../../src/report/text.js';
import { readObservations, readRun } from '../../src/run/read.js';
import type { ValidateReport } from '../../src/run/report.js';
import { rejudge } from '../../src/validate/rejudge.js';
import { readSavedRun } from '../../src/validate/saved-run.js';
import { assay } from '../support/assay.js';
import { useTempFolder } from '../support/temp.js';
import { simulatedNodes } from './support.js';

/**
 * Run folders of version 0.1.0, of a node whose replica 5002 runs another model: one run came to its end, one was
 * interrupted and one was killed, both after 2 of 4 batches. The `.judged.json` are what its `assay judge` printed.
 */
const earlier = join(import.meta.dirname, 'earlier-runs');
const PORT = 18931;

const asRun = { thresholds: {}, strict: undefined } as const;
const readJson = (...path: string[]) =>
  JSON.parse(readFileSync(join(earlier, ...path), 'utf8')) as ValidateReport;
/**
 * A report without what later versions may say in other words, and without what that version judged by the band of
 * another model: none is known of this one.
 */
function withoutProse(report: ValidateReport): object {
  const prose = ['schema_version', 'warnings', 'verdict_reason', 'note', 'message', 'why_it_matters'];
  const byBand = ['honest_band', 'distribution', 'far_outside', 'diagnosis'];
  const dropped = new Set([...prose, ...byBand, 'evidence', 'advice']);
  return JSON.parse(JSON.stringify(report), (key, value) => (dropped.has(key) ? undefined : value));
}

/** Another library computes the same figures; the last of 16 digits may differ. */
function to12Digits(report: object): object {
  return JSON.parse(JSON.stringify(report), (_key, value) =>
    typeof value === 'number' ? Number(value.toPrecision(12)) : value,
  );
}

/** The rows of the tables in a text, as their cells. */
function rowsOf(text: string): string[] {
  const rows = text.split('\n').filter((line) => /^\S.*\S {2,}\S/.test(line));
  return rows.map((row) => row.trim().replaceAll(/ {2,}/g, ' | '));
}

const temp = useTempFolder();
const simulate = simulatedNodes();

describe('a run folder that an earlier version wrote', () => {
  it.each([
    ['finished', 'finished/validate_report.json'],
    ['interrupted', 'interrupted.judged.json'],
    ['killed', 'killed.judged.json'],
  ])('is judged the same: %s', async (name, expected) => {
    const run = await readSavedRun(join(earlier, name));
    const report = rejudge(run, asRun);
    expect(to12Digits(report)).toMatchObject(to12Digits(withoutProse(readJson(expected))));
    expect(report.validation?.distribution).toMatchObject({ band: null, far_outside: false });
    expect(report.warning_details).toContainEqual(expect.objectContaining({ code: 'no_honest_band' }));
  });

  it('is reported the same', async () => {
    const { report } = await readRun(join(earlier, 'finished'));
    const text = renderText(report, { colors: createColors(false), runFolder: 'runs/finished' });
    const before = readFileSync(join(earlier, 'finished', 'validate_report.txt'), 'utf8');
    // A later version has plainer words for a few cells.
    const inTodaysWords = before
      .replaceAll('beyond the threshold', 'above the threshold')
      .replaceAll(/(?<= {2})fraud(?= {2})/g, 'FAIL ')
      .replaceAll(/(?<= {2})pass(?= {2})/g, 'PASS');
    expect(rowsOf(text)).toEqual(expect.arrayContaining(rowsOf(inTodaysWords)));
    expect(rowsOf(before).length).toBeGreaterThan(20);
    expect(text).toContain('verdict: FAIL');
  });

  it.each(['killed', 'interrupted'])('is taken up where it ended: %s', async (name) => {
    const reference = await loadGolden('test/validate/earlier-runs/reference.json');
    const model = reference.file.model;
    const node = await simulate({ golden: reference, model, replicas: ['honest', 'unrelated'] });
    const folder = temp.path(name);
    cpSync(join(earlier, name), folder, { recursive: true });
    for (const file of ['validate_config.json', 'validate_report.json']) {
      const text = readFileSync(join(folder, file), 'utf8');
      writeFileSync(join(folder, file), text.replaceAll(String(PORT), new URL(node.url).port));
    }
    const before = await readObservations(folder);
    const { throughput, timestamp } = readJson(name, 'validate_report.json');

    const { stdout, exitCode } = await assay(['validate', '--resume', folder, '--json']);

    const report = JSON.parse(stdout) as ValidateReport;
    expect({ exitCode, verdict: report.verdict, error: report.error }).toEqual({
      exitCode: 2,
      verdict: 'FAIL',
      error: null,
    });
    expect(report).toMatchObject({ throughput, timestamp });
    expect(report.warnings.join()).toContain('resumed after an interruption, with 16 measurements');
    const whole = readJson('finished', 'validate_report.json').validation;
    expect(report.validation?.request).toEqual(whole?.request);
    expect(report.validation?.response).toMatchObject({ n_total: 32, n_mismatch: 16 });
    expect((await readObservations(folder)).slice(0, before.length)).toEqual(before);
  });
});
