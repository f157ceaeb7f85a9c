import { describe, expect, it } from 'vitest';
import { accept } from '../../src/schemas/accept.js';
import validateReportFile from '../../src/schemas/generated/validate-report.js';
import {
  atDistance,
  goldenVector,
  goldenVectors,
  judgeInput,
  seededRandom,
  unitVector,
} from '../support/measurements.js';
import { reportOf } from '../support/report.js';

const random = seededRandom(12);
const golden = goldenVectors(64, random);
/** As a reader of the file gets it. */
const asWritten = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

describe('the schema of validate_report.json', () => {
  it.each([
    ['an honest run', judgeInput(golden, (row) => atDistance(goldenVector(golden, row), 0.07, random))],
    ['an unrelated one', judgeInput(golden, () => unitVector(random))],
    ['one of NaN', judgeInput(golden, () => new Float32Array(12).fill(Number.NaN))],
    ['an empty one', { ...judgeInput(golden, () => unitVector(random)), observations: [] }],
    [
      'one on every replica, with a self-check',
      judgeInput(golden, () => unitVector(random), {
        coverage: 'every-replica',
        unansweredNonces: [1, 1],
        selfCheck: [{ replica: 'all', nonces: [], n_total: 64, n_mismatch: 0, mismatch_nonces: [] }],
      }),
    ],
  ])('takes the report of %s', (_, input) => {
    const report = asWritten(reportOf(input));
    expect(accept(validateReportFile, report, 'report')).toEqual(report);
  });

  it('refuses a report without its verdict', () => {
    const { verdict: _, ...rest } = reportOf(judgeInput(golden, () => unitVector(random)));
    expect(() => accept(validateReportFile, rest, 'report')).toThrow('verdict');
  });
});
