import type { Difference, KnownPair, LimitRule, ModelFile, OtherWeights } from './model-file.js';

/** Two means with at least this ratio can be distinguished (issue of the verdict's truth, §2). */
export const TELLABLE_RATIO = 1.3;
/** Factor for the highest honest mean where no other weights are near enough to set the limit. */
const ROOM_RATIO = 1.5;

/** The honest distances of a model: the figures of all its pairs together. */
export interface HonestBand {
  /** Mean over pairs of their mean L2 distance. */
  mean: number;
  /** Largest standard deviation over nonces of a pair. */
  sd: number;
  /** Lowest and highest mean of a pair. */
  low: number;
  high: number;
  /** One of these means was estimated from a median. */
  estimate: boolean;
  source: string;
}

/** The figures of other weights. */
export interface WeightsBand {
  name: string;
  repository: string | null;
  /** null: no published config loads them. */
  public_config: string | null;
  /** Lowest and highest mean of a pair with an honest node. */
  low: number;
  high: number;
  /** Largest standard deviation; null where none was published. */
  sd: number | null;
  estimate: boolean;
  /** Their lowest mean is far enough above the highest honest mean to be distinguished from it. */
  tellable: boolean;
}

/** What the distances of a run are compared with; plain data, stored with the run. */
export interface KnownDistances {
  band: HonestBand;
  /** The honest pairs that the band is made from; absent where a reference has its own band. */
  pairs?: HonestPair[];
  limit: { mean: number; rule: LimitRule };
  other_weights: WeightsBand[];
}

/** The figures of an honest pair. */
export type HonestPair = Pick<KnownPair, 'differs' | 'mean' | 'sd' | 'estimate' | 'source'>;

/** What is known of a model's distances; null where no honest pair is known. */
export function knownDistances(file: ModelFile): KnownDistances | null {
  const band = honestBand(file.honest);
  if (band === null) return null;
  return {
    band,
    pairs: file.honest.map(({ differs, mean, sd, estimate, source }) => ({
      differs,
      mean,
      source,
      ...(sd !== undefined && { sd }),
      ...(estimate !== undefined && { estimate }),
    })),
    limit: file.limit ?? limitOf(band.high, file.other_weights),
    other_weights: file.other_weights.map((weights) => weightsBand(weights, band.high)),
  };
}

/**
 * The same distances, with the band of the pairs that are like this run: pairs that differ only in what
 * differs or may differ in the run, and together in all of it. Where no pair shows one of these differences,
 * such pairs would promise too small distances: then the band stays that of all pairs. The limit belongs to
 * the model and stays.
 *
 * @param mayDiffer everything that is not known to be equal
 * @returns the same object where the band stays
 */
export function narrowedTo(known: KnownDistances, mayDiffer: readonly Difference[]): KnownDistances {
  const alike = (known.pairs ?? []).filter(({ differs }) => differs.every((one) => mayDiffer.includes(one)));
  const isShown = (one: Difference) => alike.some(({ differs }) => differs.includes(one));
  const band = honestBand(alike);
  return band === null || !mayDiffer.every(isShown) ? known : { ...known, band };
}

/**
 * The limit for a node's mean distance: the geometric mean of the highest honest mean and the lowest mean of
 * other weights, where their ratio is 1.3 or more; otherwise 1.5 times the highest honest mean.
 *
 * @param high highest honest mean
 */
export function limitOf(high: number, otherWeights: OtherWeights[]): { mean: number; rule: LimitRule } {
  const lowest = Math.min(...otherWeights.flatMap(({ distances }) => distances.map(({ mean }) => mean)));
  return Number.isFinite(lowest) && lowest >= TELLABLE_RATIO * high
    ? { mean: Math.sqrt(high * lowest), rule: 'geometric_mean' }
    : { mean: ROOM_RATIO * high, rule: 'one_and_a_half' };
}

/** The band of some honest pairs; null without any. */
export function honestBand(pairs: HonestPair[]): HonestBand | null {
  if (pairs.length === 0) return null;
  const means = pairs.map(({ mean }) => mean);
  const sds = pairs.flatMap(({ sd }) => sd ?? []);
  const mean = means.reduce((sum, one) => sum + one, 0) / means.length;
  return {
    mean,
    // Where no spread was published: 0.4 of the mean fits the published shares above a threshold (DeepSeek
    // 0.8 to 2.1 %).
    sd: sds.length > 0 ? Math.max(...sds) : SD_OF_MEAN * mean,
    low: Math.min(...means),
    high: Math.max(...means),
    estimate: pairs.some(({ estimate }) => estimate === true),
    source: sourceText(pairs),
  };
}

/** Standard deviation of distances as a part of their mean, where none was published. */
export const SD_OF_MEAN = 0.4;

function weightsBand(weights: OtherWeights, highestHonest: number): WeightsBand {
  const means = weights.distances.map(({ mean }) => mean);
  const sds = weights.distances.flatMap(({ sd }) => sd ?? []);
  const low = Math.min(...means);
  return {
    name: weights.name,
    repository: weights.repository ?? null,
    public_config: weights.public_config ?? null,
    low,
    high: Math.max(...means),
    sd: sds.length > 0 ? Math.max(...sds) : null,
    estimate: weights.distances.some(({ estimate }) => estimate === true),
    tellable: low >= TELLABLE_RATIO * highestHonest,
  };
}

function sourceText(pairs: HonestPair[]): string {
  const sources = [...new Set(pairs.map(({ source }) => source))];
  const count = `${pairs.length} honest ${pairs.length === 1 ? 'pair' : 'pairs'}`;
  return `${count}: ${sources.join('; ')}`;
}
