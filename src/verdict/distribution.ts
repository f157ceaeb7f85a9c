import { type HonestBand, type KnownDistances, SD_OF_MEAN, type WeightsBand } from '../models/distances.js';
import type { Observation } from '../run/observation.js';
import { groupBy } from '../text/group-by.js';
import type { Summary } from '../vectors/summary.js';

/** Which figure of the distances is outside the honest band. */
export type OutsideBand = 'mean' | 'spread';

/**
 * Chance of a false alarm on a node whose true mean is exactly at the limit, for the whole run with all its
 * replicas.
 */
const CHANCE = 0.001;
/** With fewer distances neither the mean nor the spread says anything. */
const MIN_DISTANCES = 8;
/**
 * The smallest limit, for a band of width 0: rounding to half precision alone changes distances by about
 * this.
 */
export const ROUNDING = 0.002;
/** A spread this many times the band's spread means a mixture of good and bad vectors. */
export const SPREAD_RATIO = 3;
/**
 * Means are distinguishable if their ratio is above this. A mean may differ by this factor from that of known
 * weights.
 */
const AS_KNOWN_RATIO = 1.3;
/** A spread this many times the spread of known weights does not belong to those weights. */
const MIXTURE_RATIO = 1.5;

/**
 * Whether the distances are far above those of honest nodes of this model. Only distances above the band
 * count: distances near 0 are what the same build on the same hardware gives.
 *
 * - **mean**: the mean distance minus its sampling error is above the model's limit.
 * - **spread**: the standard deviation minus its error is above three times the standard deviation of the
 *   band. This happens when some nonces are honest and others are unrelated.
 *
 * The error has a chance of 1 in 1,000, shared among all parts of a run that are judged. So many replicas
 * raise no more false alarms than one replica.
 *
 * @param distances finite L2 distances, any order, each nonce once
 * @param parts how many parts of the run are judged: the whole, and each replica
 */
export function outsideBand(distances: number[], known: KnownDistances, parts = 1): OutsideBand | null {
  const n = distances.length;
  if (n < MIN_DISTANCES) return null;
  const { band, limit } = known;
  const mean = distances.reduce((sum, value) => sum + value, 0) / n;
  const moment = (power: number) => distances.reduce((sum, value) => sum + (value - mean) ** power, 0) / n;
  const variance = moment(2);
  const sd = Math.sqrt(variance);
  const errors = errorsOf(CHANCE / parts);
  // A small sample may have a small spread by chance, so its error is at least the error from the band's
  // spread.
  const meanError = Math.max(sd, band.sd) / Math.sqrt(n);
  if (mean - errors * meanError > Math.max(limit.mean, ROUNDING)) return 'mean';

  // Standard error of a standard deviation, for any distribution (delta method).
  const sdError = sd === 0 ? 0 : Math.sqrt(Math.max(0, moment(4) - variance ** 2) / n) / (2 * sd);
  if (sd - errors * sdError > Math.max(SPREAD_RATIO * band.sd, ROUNDING)) return 'spread';
  return null;
}

/**
 * Number of standard errors that a normal value exceeds with at most this chance: from P(Z > z) ≤
 * ½·exp(−z²/2).
 */
function errorsOf(chance: number): number {
  return Math.sqrt(2 * Math.log(1 / (2 * chance)));
}

/**
 * Finite L2 distances, each nonce once. If several replicas answered a nonce, the mean is used, since their
 * vectors are equal unless there is a fault.
 */
export function distancesByNonce(observations: Observation[]): number[] {
  return [...groupBy(observations, ({ nonce }) => nonce).values()].flatMap((own) => {
    const finite = own.map(({ l2 }) => l2).filter((l2) => l2 !== null);
    return finite.length === 0 ? [] : [finite.reduce((sum, l2) => sum + l2, 0) / finite.length];
  });
}

/**
 * Known other weights that these distances may come from, the nearest first. The mean must fit, and the
 * spread must not show a mixture of good and bad vectors.
 */
export function weightsLike(
  { mean, sd }: Pick<Summary, 'mean' | 'sd'>,
  { other_weights }: KnownDistances,
): WeightsBand[] {
  return other_weights
    .filter(({ low, high }) => mean >= low / AS_KNOWN_RATIO && mean <= high * AS_KNOWN_RATIO)
    .filter((weights) => sd <= MIXTURE_RATIO * (weights.sd ?? SD_OF_MEAN * weights.high))
    .sort((a, b) => farFrom(mean, a) - farFrom(mean, b));
}

function farFrom(mean: number, { low, high }: WeightsBand): number {
  return Math.max(0, Math.log(low / mean), Math.log(mean / high));
}

/** Known other weights whose distances are too near to those of honest nodes to be distinguished. */
export function untellable({ other_weights }: KnownDistances): WeightsBand[] {
  return other_weights.filter(({ tellable }) => !tellable);
}

/** `0.245 ± 0.100` */
export function bandText({ mean, sd }: Pick<Summary, 'mean' | 'sd'>): string {
  return `${mean.toFixed(3)} ± ${sd.toFixed(3)}`;
}

/** `0.185–0.206 ± 0.08` */
export function knownBandText({ low, high, sd, estimate }: HonestBand): string {
  return `${rangeText(low, high)} ± ${sd.toFixed(2)}${estimate ? ' (in part estimated from medians)' : ''}`;
}

/** `AWQ int4 weights: 0.73–0.81` */
export function weightsText({ name, low, high, estimate }: WeightsBand): string {
  return `${name} weights${estimate ? ', estimated' : ''} ${rangeText(low, high)}`;
}

function rangeText(low: number, high: number): string {
  const [from, to] = [low.toFixed(3), high.toFixed(3)];
  return from === to ? from : `${from}–${to}`;
}
