import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseFileFormats, writeReports } from '../../src/report/write-reports.js';
import { type Run, readRun } from '../../src/run/read.js';
import { emptyRun, runFixture, writeRun } from '../support/run-fixture.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();
let runs = 0;
const write = (run: Run) => writeRun(temp.path(`run-${runs++}`), run);

describe('readRun', () => {
  it('gives back what a run wrote', async () => {
    const run = runFixture();
    const folder = write(run);
    const read = await readRun(folder);
    expect(read).toEqual({ ...JSON.parse(JSON.stringify(run)), folder });
  });

  it.each([
    ['inputs', { inputs: {}, phases: {}, verdict: 'PASS' }],
    ['a response', { response: { n_total: 200, n_mismatch: 3, fraud_detected: false } }],
  ])('names the report of the script validate.py by its %s', async (_name, report) => {
    const folder = write(runFixture());
    writeFileSync(join(folder, 'validate_report.json'), JSON.stringify(report));
    await expect(readRun(folder)).rejects.toThrow('no report of assay, but one of the script validate.py');
  });

  it('takes a run without observations, and one that a kill cut off in a line', async () => {
    expect((await readRun(write(emptyRun()))).observations).toEqual([]);
    const folder = write(runFixture());
    appendFileSync(join(folder, 'observations.jsonl'), '{"nonce": 20');
    expect((await readRun(folder)).observations).toHaveLength(200);
  });

  it('refuses what no run wrote, and says where', async () => {
    await expect(readRun(temp.path('nowhere'))).rejects.toThrow(/nowhere.*no such file/);

    const folder = write(runFixture());
    writeFileSync(join(folder, 'observations.jsonl'), '{"nonce": -1}\n');
    await expect(readRun(folder)).rejects.toThrow(/observations\.jsonl: line 1: .*vector_b64/);

    writeFileSync(join(folder, 'validate_report.json'), '{"verdict": "PERHAPS"}');
    await expect(readRun(folder)).rejects.toThrow(/validate_report\.json: .*schema_version/);
  });
});

describe('writeReports', () => {
  it('writes the formats that were asked for beside the report', async () => {
    const folder = write(runFixture());
    const paths = await writeReports(folder, parseFileFormats('html, junit,html'));
    expect(paths).toEqual([join(folder, 'validate_report.html'), join(folder, 'validate_report.junit.xml')]);
    expect(readFileSync(paths[0] as string, 'utf8')).toMatch(/^<!doctype html>/);
    expect(readFileSync(paths[1] as string, 'utf8')).toContain('<testsuites>');
  });

  it('names a format that it does not know', () => {
    expect(() => parseFileFormats('html,pdf')).toThrow('"pdf" is not one of html, markdown, junit, github');
  });
});
