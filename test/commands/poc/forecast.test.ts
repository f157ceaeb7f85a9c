import { describe, expect, it } from 'vitest';
import { assayHere } from '../../support/assay.js';
import { useChains } from '../../support/chain.js';
import { runFixture, writeRun } from '../../support/run-fixture.js';
import { useTempFolder } from '../../support/temp.js';

const simulate = useChains();
const temp = useTempFolder();
const MODEL = 'Qwen/Qwen3-235B-A22B-Instruct-2507-FP8';

/** A run of a model that measured so many nonces a second; null: it measured none. */
const runOf = (name: string, model: string, perSecond: number | null) => {
  const run = structuredClone(runFixture({ nonces: 8 }));
  run.report.config.poc_params.model = model;
  run.report.throughput =
    perSecond === null
      ? null
      : {
          summary: { mean: perSecond, min: perSecond, max: perSecond, replicas: [] },
          samples: [],
          elapsed_s: 60,
        };
  return writeRun(temp.path(name), run);
};

describe('poc forecast', () => {
  it('reckons with rate, stage, normalisation and coefficient, beside the hosts of the last epoch', async () => {
    const models = [{ modelId: MODEL, active: true, coefficient: { value: '246', exponent: -3 } }];
    // 10 blocks of 10 s: 100 s for what is planned to take 54.1 s.
    const { url } = await simulate({ models, blockTimeMs: 10_000 });
    const [one, two] = [runOf('one', MODEL, 30), runOf('two', MODEL, 20)];
    const { stdout, exitCode } = await assayHere(['poc', 'forecast', one, two, '--node', url, '--json']);
    expect(exitCode).toBe(0);
    const json = JSON.parse(stdout);
    expect(json).toMatchObject({ model_id: MODEL, nonces_per_second: 50, coefficient: '0.246' });
    expect(json.stage_seconds).toBeCloseTo(100, 0);
    expect(Math.abs(Number(json.nonces) - 5000)).toBeLessThan(30);
    expect(Math.abs(Number(json.raw_weight) - 2705)).toBeLessThan(3);
    expect(Math.abs(Number(json.weight) - 665)).toBeLessThan(2);
    expect(json.hosts).toHaveLength(8);
    expect(json.hosts[0]).toMatchObject({ count: '2400', weight: '571' });
    expect(json.weight_per_1000_nonces).toBe('237.916');
    const text = await assayHere(['poc', 'forecast', one, '--node', url]);
    expect(text.stdout).toMatch(/^throughput +30\.0 nonces\/s \(1 run\)$/m);
  });

  it.each([
    [
      'a run without throughput',
      () => [runOf('none', MODEL, null)],
      /throughput was not measured; validate the node with/,
    ],
    ['runs of two models', () => [runOf('a', MODEL, 1), runOf('b', 'x/y', 1)], /runs are of several models/],
    [
      'a model that is not in PoC',
      () => [runOf('c', 'x/y', 1)],
      /x\/y is not in PoC: its nonces earn no weight/,
    ],
    ['a folder that is no run', () => [temp.path('nowhere')], /nowhere/],
  ])('refuses %s', async (_name, runs, message) => {
    const { url } = await simulate();
    const { exitCode, stderr } = await assayHere(['poc', 'forecast', ...runs(), '--node', url]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(message);
  });
});
