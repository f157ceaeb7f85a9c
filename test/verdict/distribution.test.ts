import { describe, expect, it } from 'vitest';
import type { KnownDistances } from '../../src/models/distances.js';
import { distancesOf } from '../../src/models/known.js';
import { loadModels } from '../../src/models/load.js';
import { distancesByNonce, outsideBand, weightsLike } from '../../src/verdict/distribution.js';
import {
  gammaDistance,
  goldenVector,
  goldenVectors,
  HONEST,
  INT4,
  judgeInput,
  qwenKnown,
  seededRandom,
} from '../support/measurements.js';

const random = seededRandom(3);
interface Spread {
  mean: number;
  sd: number;
}
const distances = (n: number, { mean, sd }: Spread) =>
  Array.from({ length: n }, () => gammaDistance(mean, sd, random));
const shareOutside = (n: number, band: Spread, runs: number, known: KnownDistances = qwenKnown) =>
  Array.from({ length: runs }, () => outsideBand(distances(n, band), known)).filter(
    (outside) => outside !== null,
  ).length / runs;

describe('what is known of the distances at hand', async () => {
  const models = await loadModels();
  const qwen = models.find(({ file }) => file.model.startsWith('Qwen/Qwen3-235B'));

  it("is the reference's own band where it has one", () => {
    const own = { model: 'x', expected_distance: { mean: 0.2, sd: 0.1 } };
    expect(distancesOf(null, own)).toMatchObject({
      band: { mean: 0.2, sd: 0.1, low: 0.2, high: 0.2, source: 'expected_distance of the reference' },
      limit: { mean: 0.2 * 1.5, rule: 'one_and_a_half' },
    });
    expect(distancesOf(qwen ?? null, own)).toMatchObject({ other_weights: [{ name: 'int4' }] });
  });

  it('is nothing for a model that no file tells of', () => {
    expect(distancesOf(null, { model: 'x' })).toBeNull();
  });
});

describe('the honest band of a model', async () => {
  const models = await loadModels();

  it.each([8, 32, 200, 2000])('holds honest distances, %i of them', (n) => {
    expect(shareOutside(n, HONEST, 300)).toBe(0);
    expect(shareOutside(n, { mean: 0.06, sd: 0.035 }, 300)).toBe(0);
  });

  it('does not hold the distances of int4 weights', () => {
    expect(shareOutside(2000, INT4, 100)).toBe(1);
    expect(shareOutside(200, INT4, 300)).toBe(1);
    expect(shareOutside(32, INT4, 300)).toBeGreaterThan(0.8);
  });

  it('differs for every model: honest distances of one are far outside of another', () => {
    const kimi = distancesOf(models.find(({ file }) => file.model.includes('Kimi')) ?? null, { model: 'x' });
    const honestKimi = { mean: 0.2, sd: 0.075 };
    expect(shareOutside(200, honestKimi, 100, kimi as KnownDistances)).toBe(0);
    expect(shareOutside(200, honestKimi, 100)).toBe(1);
  });

  it('holds distances of 0, and a single stray nonce', () => {
    expect(outsideBand(new Array(200).fill(0), qwenKnown)).toBeNull();
    expect(outsideBand([1.39, ...distances(31, HONEST)], qwenKnown)).toBeNull();
  });

  it('sees by the spread when some nonces are honest and others unrelated', () => {
    const mixed = [...distances(180, HONEST), ...distances(12, { mean: 1.39, sd: 0.2 })];
    expect(outsideBand(mixed, qwenKnown)).toBe('spread');
  });

  it('says nothing about a handful of distances', () => {
    expect(outsideBand(new Array(7).fill(1.4), qwenKnown)).toBeNull();
  });

  it('asks for more the more parts are judged', () => {
    const near = distances(200, { mean: 0.165, sd: 0.06 });
    const [one, many] = [1, 9].map((parts) => outsideBand(near, qwenKnown, parts));
    expect(many === null || one !== null).toBe(true);
  });

  it('names only weights that lie near the mean', () => {
    expect(weightsLike(INT4, qwenKnown).map(({ name }) => name)).toEqual(['int4']);
    expect(weightsLike({ mean: 0.16, sd: 0.1 }, qwenKnown)).toEqual([]);
    expect(weightsLike({ mean: 0.24, sd: 0.5 }, qwenKnown)).toEqual([]);
  });

  it('counts a nonce once that several replicas answered', () => {
    const golden = goldenVectors(16, random);
    const { observations } = judgeInput(golden, (row) => goldenVector(golden, row));
    expect(distancesByNonce([...observations, ...observations])).toHaveLength(16);
  });
});
