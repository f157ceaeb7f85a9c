import type { Difference } from '../models/model-file.js';

/**
 * The calibrated quantity: distances between vectors or, in the decode scheme, margins found by a trusted
 * engine.
 */
export type Measure = 'distance' | 'margin';

/** Distances of one run to one reference, or between two recordings; or the margins of a run's chains. */
export interface DistanceSample {
  label: string;
  nonces: ArrayLike<number>;
  /**
   * L2 distance, or margin, of each nonce; Infinity where a vector is missing, which is above every
   * threshold.
   */
  l2: ArrayLike<number>;
  /** What differs or may differ between the two recordings; absent: nothing is known of it. */
  mayDiffer?: Difference[];
}

/** Several samples in one ascending row, each distance with its nonce. */
export interface PooledDistances {
  sorted: Float64Array;
  /** For each of `sorted`, the index of its nonce, 0 … nonceCount − 1. */
  nonceIndex: Int32Array;
  nonceCount: number;
}

/**
 * Pools samples. A nonce measured in several samples keeps one index, since its distances belong together.
 */
export function pool(samples: DistanceSample[]): PooledDistances {
  const indexOf = new Map<number, number>();
  const length = samples.reduce((sum, { l2 }) => sum + l2.length, 0);
  const values = new Float64Array(length);
  const indexes = new Int32Array(length);
  let i = 0;
  for (const { nonces, l2 } of samples) {
    for (let row = 0; row < l2.length; row++) {
      const nonce = nonces[row] as number;
      let index = indexOf.get(nonce);
      if (index === undefined) {
        index = indexOf.size;
        indexOf.set(nonce, index);
      }
      values[i] = l2[row] as number;
      indexes[i++] = index;
    }
  }
  const order = Int32Array.from({ length }, (_, at) => at);
  order.sort((x, y) => Math.sign((values[x] as number) - (values[y] as number)) || x - y);
  return {
    sorted: Float64Array.from(order, (at) => values[at] as number),
    nonceIndex: Int32Array.from(order, (at) => indexes[at] as number),
    nonceCount: indexOf.size,
  };
}

/** The samples without or with only the nonces of a fold. */
export function keepNonces(samples: DistanceSample[], keep: (nonce: number) => boolean): DistanceSample[] {
  return samples.map(({ label, nonces, l2 }) => {
    const rows = Array.from(nonces, (_, row) => row).filter((row) => keep(nonces[row] as number));
    return {
      label,
      nonces: rows.map((row) => nonces[row] as number),
      l2: rows.map((row) => l2[row] as number),
    };
  });
}

/** How many distances are strictly above a threshold. */
export function countAbove({ l2 }: Pick<DistanceSample, 'l2'>, threshold: number): number {
  let count = 0;
  for (let i = 0; i < l2.length; i++) if ((l2[i] as number) > threshold) count++;
  return count;
}
