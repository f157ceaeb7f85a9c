import { describe, expect, it } from 'vitest';
import {
  type HonestBand,
  honestBandOf,
  outsideBand,
  PUBLISHED_HONEST_BAND,
  PUBLISHED_INT4_BAND,
} from '../../src/verdict/distribution.js';
import { gammaDistance, seededRandom } from '../support/measurements.js';

const random = seededRandom(3);
const distances = (n: number, { mean, sd }: Pick<HonestBand, 'mean' | 'sd'>) =>
  Array.from({ length: n }, () => gammaDistance(mean, sd, random));
const shareOutside = (n: number, band: Pick<HonestBand, 'mean' | 'sd'>, runs: number) =>
  Array.from({ length: runs }, () => outsideBand(distances(n, band), PUBLISHED_HONEST_BAND)).filter(
    (outside) => outside !== null,
  ).length / runs;

describe('the honest band', () => {
  it("is the reference's own where it has one", () => {
    expect(honestBandOf({})).toBe(PUBLISHED_HONEST_BAND);
    expect(honestBandOf({ expected_distance: { mean: 0.2, sd: 0.1 } })).toEqual({
      mean: 0.2,
      sd: 0.1,
      source: 'expected_distance of the reference',
    });
  });

  it.each([8, 32, 200, 2000])('holds honest distances, %i of them', (n) => {
    expect(shareOutside(n, PUBLISHED_HONEST_BAND, 300)).toBe(0);
    expect(shareOutside(n, { mean: 0.06, sd: 0.035 }, 300)).toBe(0);
  });

  it('does not hold int4 distances', () => {
    expect(shareOutside(2000, PUBLISHED_INT4_BAND, 100)).toBe(1);
    expect(shareOutside(200, PUBLISHED_INT4_BAND, 500)).toBe(1);
    expect(shareOutside(32, PUBLISHED_INT4_BAND, 500)).toBeGreaterThan(0.98);
  });

  it('leaves room for honest nodes of a topology that puts 3 % of the nonces beyond 0.4', () => {
    expect(shareOutside(200, { mean: 0.175, sd: 0.095 }, 300)).toBeLessThan(0.1);
  });

  it('holds distances of 0, and a single stray nonce', () => {
    expect(outsideBand(new Array(200).fill(0), PUBLISHED_HONEST_BAND)).toBeNull();
    expect(outsideBand([1.39, ...distances(31, PUBLISHED_HONEST_BAND)], PUBLISHED_HONEST_BAND)).toBeNull();
  });

  it('sees by the spread when some nonces are honest and others unrelated', () => {
    const mixed = [...distances(180, PUBLISHED_HONEST_BAND), ...distances(20, { mean: 1.39, sd: 0.2 })];
    expect(outsideBand(mixed, PUBLISHED_HONEST_BAND)).toBe('spread');
  });

  it('says nothing about a handful of distances', () => {
    expect(outsideBand(new Array(7).fill(1.4), PUBLISHED_HONEST_BAND)).toBeNull();
  });
});
