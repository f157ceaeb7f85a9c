import { describe, expect, it } from 'vitest';
import { honestBand, knownDistances, limitOf, narrowedTo } from '../../src/models/distances.js';
import { loadModels } from '../../src/models/load.js';
import type { KnownPair, ModelFile } from '../../src/models/model-file.js';
import { recordingFigures } from '../support/oracles.js';

const pair = (mean: number, more: Partial<KnownPair> = {}): KnownPair => ({
  between: ['a', 'b'],
  differs: ['gpu_class'],
  mean,
  source: 'test',
  ...more,
});
const weights = (...means: number[]) => [{ name: 'int4', distances: means.map((mean) => pair(mean)) }];

describe('the limit of a model', () => {
  it('is the geometric mean of the highest honest and the lowest other mean, at least 1.3 times apart', () => {
    expect(limitOf(0.2, weights(0.8, 0.26))).toEqual({ mean: Math.sqrt(0.2 * 0.26), rule: 'geometric_mean' });
  });

  it('is 1.5 times the highest honest mean where other weights lie nearer, or none are known', () => {
    expect(limitOf(0.2, weights(0.25))).toEqual({ mean: 0.2 * 1.5, rule: 'one_and_a_half' });
    expect(limitOf(0.2, [])).toEqual({ mean: 0.2 * 1.5, rule: 'one_and_a_half' });
  });

  it('is taken from the file where that has one', () => {
    const file: ModelFile = {
      schema_version: 1,
      model: 'x',
      honest: [pair(0.2)],
      other_weights: weights(0.21),
      limit: { mean: 0.33, rule: 'set' },
    };
    expect(knownDistances(file)).toMatchObject({
      limit: { mean: 0.33, rule: 'set' },
      other_weights: [{ name: 'int4', low: 0.21, tellable: false }],
    });
  });
});

describe('an honest band', () => {
  it('spans the pairs', () => {
    const pairs = [pair(0.1, { sd: 0.03 }), pair(0.3, { sd: 0.1, estimate: true })];
    expect(honestBand(pairs)).toMatchObject({ mean: 0.2, low: 0.1, high: 0.3, sd: 0.1, estimate: true });
  });

  it('is that of pairs that differ in no more than the run does, where there are some', () => {
    const honest = [pair(0.1, { differs: ['batch'] }), pair(0.3)];
    const known = knownDistances({ schema_version: 1, model: 'x', honest, other_weights: [] });
    if (known === null) throw new Error('not known');
    expect(narrowedTo(known, ['batch']).band).toMatchObject({ low: 0.1, high: 0.1 });
    // No pair shows what another build does: pairs of one build promise too little.
    expect(narrowedTo(known, ['batch', 'build'])).toBe(known);
    expect(narrowedTo(known, ['topology']).band).toMatchObject({ low: 0.1, high: 0.3 });
    // The limit is the model's, whichever case holds.
    expect(narrowedTo(known, ['batch']).limit).toEqual(known.limit);
  });

  it('is unknown without a pair', () => {
    expect(honestBand([])).toBeNull();
    expect(knownDistances({ schema_version: 1, model: 'x', honest: [], other_weights: [] })).toBeNull();
  });
});

describe('the model files that come along', async () => {
  const models = await loadModels();
  const known = Object.fromEntries(models.map(({ file }) => [file.model, knownDistances(file)]));

  it('keep the rule of the limit', () => {
    for (const { file } of models) {
      const band = honestBand(file.honest);
      if (band === null) expect(file.limit).toBeNull();
      else expect(file.limit?.mean).toBeCloseTo(limitOf(band.high, file.other_weights).mean, 4);
    }
  });

  it.each([
    ['moonshotai/Kimi-K2.6', 0.185, 0.2064, 0.31],
    ['MiniMaxAI/MiniMax-M2.7', 0.2, 0.3383, 0.499],
    ['Qwen/Qwen3-235B-A22B-Instruct-2507-FP8', 0.06, 0.0931, 0.1495],
    ['zai-org/GLM-5.3-Flash', 0.2626, 0.287, 0.342],
    ['deepseek-ai/DeepSeek-V4-Flash-0731', 0.186, 0.1946, 0.292],
  ])('know honest distances of %s', (model, low, high, limit) => {
    expect(known[model]?.band.low).toBeCloseTo(low, 3);
    expect(known[model]?.band.high).toBeCloseTo(high, 3);
    expect(known[model]?.limit.mean).toBeCloseTo(limit, 3);
  });

  it('know none of models without published pairs', () => {
    expect(known['Qwen/Qwen3-32B-FP8']).toBeNull();
    expect(known['Qwen/Qwen3-0.6B']).toBeNull();
  });

  it('say which weights cannot be told from an honest node', () => {
    const nearest = Object.entries(known).flatMap(([model, one]) =>
      (one?.other_weights ?? []).filter(({ tellable }) => !tellable).map(({ name }) => [model, name]),
    );
    expect(nearest).toEqual([['deepseek-ai/DeepSeek-V4-Flash-0731', 'NVFP4']]);
  });

  it('agree with the distances that numpy computes from the recordings', () => {
    const pairs = models.flatMap(({ file }) => [
      ...file.honest,
      ...file.other_weights.flatMap(({ distances }) => distances),
    ]);
    let checked = 0;
    for (const figure of recordingFigures) {
      const own = pairs.find(({ between }) => between.includes(figure.a) && between.includes(figure.b));
      if (own === undefined) continue;
      checked++;
      const whole = own.without_heads === undefined;
      expect(own.n).toBe(whole ? figure.n : figure.rest?.n);
      expect(own.mean).toBeCloseTo(whole ? figure.mean : (figure.rest?.mean as number), 4);
      expect(own.sd).toBeCloseTo(whole ? figure.sd : (figure.rest?.sd as number), 4);
    }
    expect(checked).toBe(31);
  });
});
