import type { Summary } from '../vectors/summary.js';

/** What an honest node's L2 distances look like: mean and standard deviation over nonces, and who says so. */
export interface HonestBand {
  mean: number;
  sd: number;
  source: string;
}

/** The widest of the published pairs of honest nodes: Qwen3-235B in fp8, 2,000 nonces a pair. */
export const PUBLISHED_HONEST_BAND: HonestBand = {
  mean: 0.077,
  sd: 0.04,
  source: 'published fp8–fp8 pairs of Qwen3-235B',
};

/** Published pairs of an int4 and an fp8 node of the same model. */
export const PUBLISHED_INT4_BAND: HonestBand = {
  mean: 0.245,
  sd: 0.1,
  source: 'published int4–fp8 pairs of Qwen3-235B',
};

/** The band of a reference that has measured one, else the published one. */
export function honestBandOf(file: {
  expected_distance?: { mean: number; sd: number; source?: string };
}): HonestBand {
  const own = file.expected_distance;
  if (own === undefined) return PUBLISHED_HONEST_BAND;
  return { mean: own.mean, sd: own.sd, source: own.source ?? 'expected_distance of the reference' };
}

/** What about the distances is beyond the honest band. */
export type OutsideBand = 'mean' | 'spread';

/** One-sided 95 % quantile of the normal distribution. */
const Z_95 = 1.645;
/** Standard deviations above the mean where the 98th percentile of honest distances lies: 0.1737 published. */
const P98_SD = 2.4;
/** Below it neither a mean nor a spread says anything. */
const MIN_DISTANCES = 8;
/** The smallest bound, for a band of width 0: half precision alone rounds distances by about this. */
const ROUNDING = 0.002;

/**
 * Are the distances far beyond what honest nodes show? Only above the band: distances near 0 are what the
 * same build on the same hardware gives.
 *
 * The rule has two halves, each with its sampling error taken off first (95 %, one-sided):
 * - **mean**: the mean distance lies above the band's 98th percentile, so that the average nonce is farther
 *   away than 98 of 100 honest ones. With the published band that is 0.173; the published honest pairs have
 *   means of 0.060 to 0.077, the int4–fp8 pairs of 0.24. That is much room for honest nodes of another
 *   topology, and all there can be: one whose mean comes near that of int4 cannot be told from it by
 *   distances, unless its reference has an `expected_distance` of its own.
 * - **spread**: the standard deviation is above three times that of the band, as when some nonces are honest
 *   and others unrelated. A single outlier carries a sampling error as large as half of itself and does not
 *   count.
 *
 * @param distances finite L2 distances, any order
 */
export function outsideBand(distances: number[], band: HonestBand): OutsideBand | null {
  const n = distances.length;
  if (n < MIN_DISTANCES) return null;
  const mean = distances.reduce((sum, value) => sum + value, 0) / n;
  const moment = (power: number) => distances.reduce((sum, value) => sum + (value - mean) ** power, 0) / n;
  const variance = moment(2);
  const sd = Math.sqrt(variance);
  if (mean - (Z_95 * sd) / Math.sqrt(n) > Math.max(band.mean + P98_SD * band.sd, ROUNDING)) return 'mean';

  // Standard error of a standard deviation, whatever the distribution (delta method).
  const sdError = sd === 0 ? 0 : Math.sqrt(Math.max(0, moment(4) - variance ** 2) / n) / (2 * sd);
  if (sd - Z_95 * sdError > Math.max(3 * band.sd, ROUNDING)) return 'spread';
  return null;
}

/** `0.245 ± 0.100` */
export function bandText({ mean, sd }: Pick<Summary, 'mean' | 'sd'>): string {
  return `${mean.toFixed(3)} ± ${sd.toFixed(3)}`;
}
