import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { assay, assayHere } from '../../support/assay.js';
import { runFixture, writeRun } from '../../support/run-fixture.js';
import { useTempFolder } from '../../support/temp.js';

const temp = useTempFolder();
let failed: string;
beforeAll(() => {
  writeRun(temp.path('runs/good'), runFixture());
  failed = writeRun(temp.path('runs/bad'), runFixture({ replicas: ['honest', 'unrelated'] }));
});

describe('assay report', () => {
  it('writes a page and exits 0 although the verdict is FAIL', async () => {
    const out = temp.path('report.html');
    const { exitCode, stdout } = await assay(['report', failed, '--format', 'html', '--out', out]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(readFileSync(out, 'utf8')).toContain('✗ FAIL');
  });

  it('annotates in a GitHub workflow, and adds to the step summary', async () => {
    const summary = temp.path('summary.md');
    const { exitCode, stdout } = await assay(['report', failed, '--format', 'github'], {
      env: { GITHUB_STEP_SUMMARY: summary },
    });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^::error title=FAIL%3A moonshotai\/Kimi-K2\.6::96 of 200/);
    expect(readFileSync(summary, 'utf8')).toMatch(/^## ❌ FAIL: moonshotai\/Kimi-K2\.6\n/);
  });

  it('writes the page into the run and shows it in a browser', async () => {
    const seen = temp.path('seen');
    mkdirSync(temp.path('bin'));
    writeFileSync(temp.path('bin/xdg-open'), `#!/bin/sh\necho "$1" > ${seen}\n`, { mode: 0o755 });
    const { exitCode, stderr } = await assay(['report', failed, '--open'], {
      env: { PATH: `${temp.path('bin')}:${process.env['PATH']}` },
    });
    expect(exitCode).toBe(0);
    expect(stderr).toBe(`page written to ${failed}/validate_report.html`);
    await expect.poll(() => existsSync(seen)).toBe(true);
    await expect.poll(() => readFileSync(seen, 'utf8')).toBe(`${failed}/validate_report.html\n`);
    const none = await assay(['report', failed, '--open'], { env: { PATH: '/nowhere' } });
    expect(none.stderr).toMatch(/no browser was opened .*: open \/.*validate_report\.html yourself/);
    expect(none.exitCode).toBe(0);
  });

  it('says in one line what is wrong', async () => {
    const nowhere = await assayHere(['report', temp.path('nowhere')]);
    expect(nowhere.exitCode).toBe(1);
    expect(nowhere.stderr).toMatch(/^assay: .*nowhere.*: no such file; give the folder of a run[^\n]*$/);
    const unwritable = await assayHere(['report', failed, '--out', `${failed}/validate_report.json/x`]);
    expect(unwritable.exitCode).toBe(1);
    expect(unwritable.stderr).toMatch(/^assay: cannot write [^\n]*$/);
    const unknown = await assayHere(['report', failed, '--format', 'pdf']);
    expect(unknown.exitCode).toBe(1);
    expect(unknown.stderr).toMatch(/^assay: [^\n]*"pdf"[^\n]*$/);
  });
});

describe('assay history', () => {
  it('shows the runs below a folder', async () => {
    const { exitCode, stdout } = await assayHere(['history', temp.path('runs')]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('moonshotai/Kimi-K2.6 on node1');
    expect(stdout.match(/(PASS|FAIL) +\d+ of 200/g)).toHaveLength(2);
  });

  it('leaves a broken run out and says so, but not one that was asked for by its own folder', async () => {
    const broken = writeRun(temp.path('more/broken'), runFixture());
    writeRun(temp.path('more/whole'), runFixture());
    await temp.write('more/broken/validate_report.json', '{');
    const all = await assayHere(['history', temp.path('more'), '--format', 'json']);
    expect(all.exitCode).toBe(0);
    expect(JSON.parse(all.stdout)).toMatchObject([{ entries: [{ verdict: 'PASS' }] }]);
    expect(all.stderr).toMatch(/^left out: .*broken.*: not JSON/);
    expect((await assayHere(['history', broken])).exitCode).toBe(1);
  });
});
