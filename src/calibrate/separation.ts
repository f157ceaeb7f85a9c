import { quantileOfSorted } from '../vectors/summary.js';
import { type DrawBelow, shuffled } from './random.js';
import { countAbove, type DistanceSample, keepNonces, pool } from './sample.js';

/** How well a threshold separates fraud from honest vectors, for one nonce at a time. */
export interface Separation {
  /** Probability that a fraud distance is above an honest one, ties counting half. */
  roc_area: number;
  /** Share of honest distances above the threshold. */
  false_alarm_rate: number;
  /** Share of fraud distances at or below the threshold. */
  miss_rate: number;
  /** The rates on nonces that were not used for the threshold; null with fewer nonces than folds. */
  held_out: { folds: number; false_alarm_rate: number; miss_rate: number } | null;
}

const FOLDS = 5;

/** @param probability the quantile of honest distances that gives the threshold */
export function separation(
  honest: DistanceSample[],
  fraud: DistanceSample[],
  threshold: number,
  probability: number,
  draw: DrawBelow,
): Separation {
  return {
    roc_area: rocArea(pool(honest).sorted, pool(fraud).sorted),
    false_alarm_rate: shareAbove(honest, threshold),
    miss_rate: 1 - shareAbove(fraud, threshold),
    held_out: heldOut(honest, fraud, probability, draw),
  };
}

/** The Mann–Whitney statistic as a share of all pairs, by one pass over two ascending rows. */
export function rocArea(honest: Float64Array, fraud: Float64Array): number {
  let below = 0;
  let upTo = 0;
  let pairs = 0;
  for (let i = 0; i < fraud.length; i++) {
    const distance = fraud[i] as number;
    while (below < honest.length && (honest[below] as number) < distance) below++;
    while (upTo < honest.length && (honest[upTo] as number) <= distance) upTo++;
    pairs += (below + upTo) / 2;
  }
  return pairs / (honest.length * fraud.length);
}

/** Each fold's nonces are judged by a threshold from the honest distances of all other folds. */
function heldOut(
  honest: DistanceSample[],
  fraud: DistanceSample[],
  probability: number,
  draw: DrawBelow,
): Separation['held_out'] {
  const nonces = [...new Set([...honest, ...fraud].flatMap((sample) => Array.from(sample.nonces)))];
  if (nonces.length < FOLDS) return null;
  const foldOf = new Map(shuffled(nonces, draw).map((nonce, i) => [nonce, i % FOLDS]));
  let [alarms, honestCount, misses, fraudCount] = [0, 0, 0, 0];
  for (let fold = 0; fold < FOLDS; fold++) {
    const isInside = (nonce: number) => foldOf.get(nonce) === fold;
    const training = pool(keepNonces(honest, (nonce) => !isInside(nonce))).sorted;
    if (training.length === 0) return null;
    const threshold = quantileOfSorted(training, probability);
    for (const sample of keepNonces(honest, isInside)) {
      alarms += countAbove(sample, threshold);
      honestCount += sample.l2.length;
    }
    for (const sample of keepNonces(fraud, isInside)) {
      misses += sample.l2.length - countAbove(sample, threshold);
      fraudCount += sample.l2.length;
    }
  }
  if (honestCount === 0 || fraudCount === 0) return null;
  return { folds: FOLDS, false_alarm_rate: alarms / honestCount, miss_rate: misses / fraudCount };
}

function shareAbove(samples: DistanceSample[], threshold: number): number {
  const total = samples.reduce((sum, { l2 }) => sum + l2.length, 0);
  return samples.reduce((sum, sample) => sum + countAbove(sample, threshold), 0) / total;
}
