import { describe, expect, it } from 'vitest';
import type { ValidateReport } from '../../src/run/report.js';
import { compareWithBaseline } from '../../src/verdict/regression.js';
import { runFixture } from '../support/run-fixture.js';

const limits = { throughputDrop: 0.05, p98Rise: 0.1 };

/** A report with only the two figures that count. */
function reportWith(rate: number | null, p98: number | null): ValidateReport {
  const { report } = runFixture({ nonces: 64 });
  const { throughput, validation } = report;
  const l2 = validation?.distances.l2;
  return {
    ...report,
    throughput:
      rate === null || throughput === null
        ? null
        : { ...throughput, summary: { ...throughput.summary, mean: rate } },
    validation:
      p98 === null || validation === null || l2 == null
        ? null
        : { ...validation, distances: { ...validation.distances, l2: { ...l2, p98 } } },
  };
}

describe('compareWithBaseline', () => {
  const baseline = reportWith(100, 0.2);
  it.each([
    ['the same', 100, 0.2, []],
    ['better', 120, 0.1, []],
    ['worse within the limits', 95, 0.22, []],
    ['slower', 94.9, 0.2, ['throughput']],
    ['farther away', 100, 0.221, ['L2 p98']],
    ['both', 50, 0.4, ['throughput', 'L2 p98']],
  ])('%s: %d nonces a second, p98 %d', (_, rate, p98, expected) => {
    const found = compareWithBaseline(reportWith(rate, p98), baseline, limits);
    expect(found).toHaveLength(2);
    expect(found.filter(({ regressed }) => regressed).map(({ what }) => what)).toEqual(expected);
  });

  it('compares only what both runs have measured', () => {
    expect(compareWithBaseline(reportWith(null, 0.2), baseline, limits).map(({ what }) => what)).toEqual([
      'L2 p98',
    ]);
    expect(compareWithBaseline(reportWith(null, null), baseline, limits)).toEqual([]);
  });

  it('takes any rise from a bit-exact baseline for one, and none for none', () => {
    const exact = reportWith(100, 0);
    expect(compareWithBaseline(reportWith(100, 0), exact, limits)[1]).toMatchObject({
      worse: 0,
      regressed: false,
    });
    expect(compareWithBaseline(reportWith(100, 1e-3), exact, limits)[1]).toMatchObject({ regressed: true });
  });
});
