import { createColors } from 'picocolors';
import { describe, expect, it } from 'vitest';
import { renderText } from '../../src/report/text.js';
import { aboutRun } from '../../src/run/warnings.js';
import {
  atDistance,
  goldenVector,
  goldenVectors,
  judgeInput,
  seededRandom,
} from '../support/measurements.js';
import { reportOf } from '../support/report.js';

const random = seededRandom(11);
const golden = goldenVectors(200, random);
const run = (distance: number) =>
  reportOf(judgeInput(golden, (row) => atDistance(goldenVector(golden, row), distance, random)));
const plain = { colors: createColors(false), runFolder: 'runs/validate_kimi' };

describe('renderText', () => {
  it('has the verdict in the first line after the banner, and warnings behind its reason', () => {
    const report = run(0.3);
    const lines = renderText(report, plain).split('\n');
    expect(lines[0]).toContain('moonshotai/Kimi-K2.6 on http://127.0.0.1:8080');
    expect(lines[1]).toBe('verdict: PASS WITH WARNINGS');
    expect(lines[2]).toBe(report.verdict_reason);
    expect(lines[3]).toMatch(/^warning: distances far outside the honest band: L2 0\.300/);
  });

  it('ends with the verdict, its reason and what to do', () => {
    const report = run(0.3);
    const lines = renderText(report, plain).split('\n');
    expect(lines.slice(-3)).toEqual([
      'verdict: PASS WITH WARNINGS',
      report.verdict_reason,
      'next: compare weights, build and arguments with those of the reference',
    ]);
    expect(renderText(run(0.07), plain)).toMatch(/\nverdict: PASS\n.*\nnext: nothing to do$/);
  });

  it('says what to do before an unfinished run goes on', () => {
    const hung = { text: 'it stands still', about_node: true, advice: 'restart its process' };
    const report = { ...run(0.07), verdict: 'INCOMPLETE' as const, warning_details: [hung] };
    expect(renderText(report, plain)).toMatch(
      /\nnext: restart its process\ngo on with: assay validate --resume .*$/,
    );
  });

  it('says what to do about a warning that fails the run, where its distances are honest', () => {
    const missing = { text: 'one is missing', about_node: true, advice: 'start it' };
    const honest = judgeInput(golden, (row) => atDistance(goldenVector(golden, row), 0.07, random), {
      warnings: [missing],
      strict: true,
    });
    const report = reportOf(honest);
    expect(report.validation?.diagnosis.map(({ code }) => code)).toEqual(['honest_cross_hardware']);
    expect(renderText(report, plain)).toMatch(/\nverdict: FAIL\nstrict: one is missing.*\nnext: start it$/);
  });

  it('is green where a warning is about the run, not the node', () => {
    const report = reportOf(
      judgeInput(golden, (row) => atDistance(goldenVector(golden, row), 0.07, random), {
        warnings: [aboutRun('no network node is given')],
      }),
    );
    expect(renderText(report, plain)).toMatch(/^verdict: PASS$/m);
  });

  it("says what the network's validators would conclude", () => {
    // 28 of 200 mismatch: p is 0.043, below the 0.05 of the reference and above the 0.01 of the node's default.
    const report = reportOf(
      judgeInput(golden, (row) =>
        atDistance(goldenVector(golden, row), row % 7 === 0 && row < 196 ? 0.6 : 0.07, random),
      ),
    );
    expect(report.verdict).toBe('FAIL');
    expect(report.validation?.network_view).toEqual({ fraud_threshold: 0.01, fraud_detected: false });
    expect(renderText(report, plain)).toContain('With these counts they would say PASS');
  });

  it('tells things in the order in which a host needs them', () => {
    const text = renderText(run(0.6), plain);
    const places = [
      'verdict: FAIL',
      'warning:',
      'dist_threshold',
      '5001',
      'cosine',
      'above the threshold',
      'run folder: runs/validate_kimi',
    ].map((part) => text.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it('shows 20 mismatches and says how many more there are', () => {
    const text = renderText(run(0.6), plain);
    expect(text.split('\n').filter((line) => line.includes('above the threshold'))).toHaveLength(20);
    expect(text).toContain('and 180 more');
  });

  it('has no colour where there is none, and the same text where there is', () => {
    const report = run(0.07);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is what is looked for
    const escapes = /\u001b\[\d+m/g;
    expect(renderText(report, plain)).not.toMatch(escapes);
    const coloured = renderText(report, { ...plain, colors: createColors(true) });
    expect(coloured).toMatch(escapes);
    expect(coloured.replaceAll(escapes, '')).toContain('verdict: PASS');
  });

  it('still tells verdict, reason and thresholds of a run that measured nothing', () => {
    const text = renderText(
      { ...run(0), verdict: 'SKIPPED', verdict_reason: 'validation was skipped', validation: null },
      plain,
    );
    expect(text).toContain('verdict: SKIPPED\nvalidation was skipped');
    expect(text).toContain('dist_threshold');
  });
});
