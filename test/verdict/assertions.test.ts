import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ValidateReport } from '../../src/run/report.js';
import {
  assertionsOfBaseline,
  held,
  holdTo,
  isFailed,
  METRIC_NAMES,
  parseAssertion,
} from '../../src/verdict/assertions.js';
import { runFixture } from '../support/run-fixture.js';

const whole = runFixture({ nonces: 64 }).report;

/** A report with only the two figures that count. */
function reportWith(rate: number | null, p98: number | null): ValidateReport {
  const { throughput, validation } = whole;
  const l2 = validation?.distances.l2;
  return {
    ...whole,
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

const failedOf = (report: ValidateReport, ...rest: Parameters<typeof assertionsOfBaseline>) =>
  holdTo(assertionsOfBaseline(...rest), report)
    .filter(isFailed)
    .map(({ metric }) => metric);

describe('a baseline', () => {
  const baseline = reportWith(100, 0.2);
  it.each([
    ['the same', 100, 0.2, []],
    ['better', 120, 0.1, []],
    ['worse within the limits', 95, 0.22, []],
    ['slower', 94.9, 0.2, ['throughput']],
    ['farther away', 100, 0.221, ['p98']],
    ['both', 50, 0.4, ['throughput', 'p98']],
  ])('%s: %d nonces a second, p98 %d', (_, rate, p98, expected) => {
    expect(failedOf(reportWith(rate, p98), baseline, {}, 'baseline')).toEqual(expected);
  });

  it('calls what did not change the same', () => {
    const texts = holdTo(assertionsOfBaseline(baseline, {}, 'b'), reportWith(100.01, 0.2)).map(
      ({ text }) => text,
    );
    expect(texts[0]).toBe('throughput is 100 where b has 100: the same, 5 % worse allowed');
    expect(texts.join()).not.toContain('0.0 %');
  });

  it('is told where one of the two was not measured, and fails it where its limit was asked for', () => {
    const now = reportWith(null, 0.2);
    const [throughput] = holdTo(assertionsOfBaseline(baseline, {}, 'baseline x'), now);
    expect(throughput).toMatchObject({ outcome: 'not_compared', measured: null });
    expect(failedOf(now, baseline, { throughputDrop: 0.5 }, 'baseline x')).toEqual(['throughput']);
    expect(failedOf(baseline, now, { throughputDrop: 0.5 }, 'baseline x')).toEqual(['throughput']);
    expect(holdTo(assertionsOfBaseline(now, {}, 'baseline x'), baseline)[0]?.text).toBe(
      'throughput is 100, and baseline x has none to compare with',
    );
  });

  it('takes any rise from a bit-exact baseline for one, and none for none', () => {
    const exact = reportWith(100, 0);
    expect(failedOf(reportWith(100, 0), exact, {}, 'b')).toEqual([]);
    expect(failedOf(reportWith(100, 1e-3), exact, {}, 'b')).toEqual(['p98']);
  });
});

describe('an assertion', () => {
  it.each([
    ['throughput>=600', { metric: 'throughput', operator: '>=', bound: 600 }],
    [' p98 < 0.5 ', { metric: 'p98', operator: '<', bound: 0.5 }],
    ['mismatch_rate<=5%', { metric: 'mismatch_rate', operator: '<=', bound: 0.05 }],
    ['p_value>1e-9', { metric: 'p_value', operator: '>', bound: 1e-9 }],
    ['speed>=1', null],
    ['constructor>=1', null],
    ['p98=0.5', null],
    ['p98<=', null],
    ['p98<=1<=2', null],
    ['', null],
  ])('reads %j', (text, expected) => {
    expect(parseAssertion(text)).toEqual(expected);
  });

  it('never takes a metric that was not measured for one that is held', () => {
    const nothing = { ...whole, throughput: null, validation: null };
    for (const metric of METRIC_NAMES.filter((name) => name !== 'duration')) {
      for (const operator of ['>=', '<='] as const) {
        const [result] = holdTo([{ metric, operator, bound: 0, source: '--assert' }], nothing);
        expect(result).toMatchObject({ outcome: 'not_measured', text: expect.stringContaining(metric) });
      }
    }
  });

  it('leaves any verdict but a good one its exit code, and every verdict as it is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 255 }),
        fc.double({ min: 0, max: 2, noNaN: true }),
        (code, bound) => {
          const report = { ...whole, exit_code: code };
          const after = held(report, [{ metric: 'p98', operator: '<=', bound, source: '--assert' }]);
          const isMissed = (whole.validation?.distances.l2?.p98 ?? 0) > bound;
          expect(after.exit_code).toBe(code === 0 && isMissed ? 4 : code);
          expect(after.verdict).toBe(report.verdict);
        },
      ),
    );
  });
});
