import { describe, expect, it } from 'vitest';
import { flagsNamed, followable } from '../../src/text/advice.js';

const has =
  (...flags: string[]) =>
  (flag: string) =>
    flags.includes(flag);

describe('advice', () => {
  it('stays as it is where the command has all that it names', () => {
    const advice = 'give --node-config FILE, or --gpu B200 for the known one';
    expect(followable(advice, has('--node-config', '--gpu'))).toBe(advice);
  });

  it('loses the alternatives that the command does not have', () => {
    const advice = 'give --node-config FILE, or --gpu B200 for the known one; or see the log';
    expect(followable(advice, has('--node-config'))).toBe('give --node-config FILE; or see the log');
    expect(followable(advice, has('--gpu'))).toBe('give --gpu B200 for the known one; or see the log');
    expect(followable(advice, has())).toBe('see the log');
    expect(followable('give --gpu CLASS', has())).toBeUndefined();
  });

  it('takes flags of a command that it names, and of other programs, for theirs', () => {
    const text =
      'see `assay node config --help`, write --tensor-parallel-size N, then assay record --out FILE';
    expect(flagsNamed(text)).toEqual([]);
    expect(flagsNamed('give --timeout, or --no-rollback')).toEqual(['--timeout', '--no-rollback']);
  });
});
