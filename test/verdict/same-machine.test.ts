import { describe, expect, it } from 'vitest';
import type { Machine } from '../../src/run/report.js';
import { machineCase } from '../../src/verdict/same-machine.js';

const all: Machine = {
  gpu: 'H200',
  tp: 2,
  pp: 1,
  build: '3.1.0',
  batch: 32,
  args: ['--tensor-parallel-size', '2', '--max-model-len=240000'],
};

describe('two machines', () => {
  it('are the same where all is known and equal, in whatever order their arguments are', () => {
    const args = ['--max-model-len', '240000', '--tensor-parallel-size=2', '--worker-extension-cls', 'x'];
    expect(machineCase(all, { ...all, args })).toEqual({
      holds: 'same',
      differs: [],
      unknown: [],
      mayDiffer: [],
    });
  });

  it('differ in what is known of both, and may differ in what is not', () => {
    const { build: _build, ...rest } = all;
    expect(machineCase(all, { ...rest, gpu: 'B200' })).toEqual({
      holds: 'other',
      differs: ['GPU class'],
      unknown: ['build'],
      mayDiffer: ['gpu_class', 'build'],
    });
    expect(machineCase(all, { ...all, batch: 8 })).toMatchObject({ holds: 'other', mayDiffer: ['batch'] });
  });

  it('are neither the same nor others where nothing is known', () => {
    expect(machineCase({}, all)).toMatchObject({
      holds: 'unknown',
      unknown: ['GPU class', 'topology', 'build', 'batch', 'arguments'],
      mayDiffer: ['gpu_class', 'topology', 'build', 'batch'],
    });
  });
});
