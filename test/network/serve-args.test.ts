import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argValue, dropArg, flagsOf, setArg } from '../../src/network/serve-args.js';

const kimi = [
  '--tensor-parallel-size',
  '4',
  '--trust-remote-code',
  '--max-model-len=240000',
  '--x',
  '-1',
  '2',
];

describe('vLLM arguments', () => {
  it('reads both forms, short names and underscores', () => {
    expect(argValue(kimi, '-tp')).toBe('4');
    expect(argValue(kimi, 'max_model_len')).toBe('240000');
    expect(argValue(kimi, '--trust-remote-code')).toBe(true);
    expect(argValue(kimi, '--x')).toBe('-1 2');
    expect(argValue(kimi, '--absent')).toBeUndefined();
    expect(argValue(['--a', '1', '--a', '2'], '--a')).toBe('2');
  });

  it('replaces a flag in its place, in two tokens', () => {
    expect(setArg(kimi, '--max-model-len', '1')).toEqual([
      '--tensor-parallel-size',
      '4',
      '--trust-remote-code',
      '--max-model-len',
      '1',
      '--x',
      '-1',
      '2',
    ]);
    expect(setArg(['-tp=4', '--a', '--tensor_parallel_size', '2'], '--tensor-parallel-size', '8')).toEqual([
      '--tensor-parallel-size',
      '8',
      '--a',
    ]);
  });

  it('adds a flag that is not there', () => {
    expect(setArg(['--a'], 'b')).toEqual(['--a', '--b']);
    expect(setArg([], '--b', '')).toEqual(['--b', '']);
  });

  it('drops a flag with its value', () => {
    expect(dropArg(kimi, '--x')).toEqual(kimi.slice(0, 4));
    expect(dropArg(kimi, 'max-model-len')).not.toContain('--max-model-len=240000');
  });

  const flag = fc.constantFrom('--a', '--b-c', '-tp', '--tensor-parallel-size', '--d=5');
  const args = fc.array(fc.oneof(flag, fc.constantFrom('1', '-3', 'data')));

  it('holds what was set and nothing of what was dropped, and leaves the rest alone', () => {
    fc.assert(
      fc.property(args, flag, fc.constantFrom('1', '-2.5', 'x y'), (tokens, name, value) => {
        const set = setArg(tokens, name, value);
        expect(argValue(set, name)).toBe(value);
        expect(setArg(set, name, value)).toEqual(set);
        const dropped = dropArg(set, name);
        expect(argValue(dropped, name)).toBeUndefined();
        for (const other of flagsOf(dropped)) expect(argValue(dropped, other)).toBe(argValue(tokens, other));
      }),
    );
  });
});
