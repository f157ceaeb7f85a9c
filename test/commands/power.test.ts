import { describe, expect, it } from 'vitest';
import { assay, assayHere } from '../support/assay.js';
import { oracles, relativeError } from '../support/oracles.js';

describe('assay power', () => {
  it.each(oracles.power.slice(0, 6))('agrees with scipy: n $n, true rate $true_rate', async (row) => {
    const { stdout, exitCode } = await assayHere([
      'power',
      `--n=${row.n}`,
      `--p-mismatch=${row.p_mismatch}`,
      `--fraud-threshold=${row.fraud_threshold}`,
      `--true-rate=${row.true_rate}`,
      '--json',
    ]);
    expect(exitCode).toBe(0);
    expect(relativeError(JSON.parse(stdout).power, row.power)).toBeLessThan(1e-9);
  });

  it('tells people the smallest rate that is seen', async () => {
    const { stdout } = await assay(['power', '--n=200', '--p-mismatch=0.1', '--fraud-threshold=0.05']);
    expect(stdout).toContain('27 mismatches of 200');
    expect(stdout).toMatch(/a true mismatch rate of 18\.\d+ % or more, with 95 % power/);
  });

  it.each([
    [['--n=0', '--p-mismatch=0.1', '--fraud-threshold=0.05'], '--n'],
    [['--n=2.5', '--p-mismatch=0.1', '--fraud-threshold=0.05'], '--n'],
    [['--n=200', '--p-mismatch=1.1', '--fraud-threshold=0.05'], '--p-mismatch'],
    [['--n=200', '--p-mismatch=0.1', '--fraud-threshold=x'], '--fraud-threshold'],
    [['--n=200', '--p-mismatch=0.1', '--fraud-threshold=0.05', '--true-rate=0'], '--true-rate'],
    [['--n=200', '--p-mismatch=0.1', '--fraud-threshold=0.05', '--power=1'], '--power'],
    [['--n=200'], 'p-mismatch'],
  ])('refuses %j in one line', async (args, named) => {
    const { stdout, stderr, exitCode } = await assayHere(['power', ...args]);
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.split('\n')).toHaveLength(1);
    expect(stderr).toContain(named);
  });
});
