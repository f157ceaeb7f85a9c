import type { PairComparison } from './compare.js';

/** Recordings by number, since their paths are too long for a table of pairs. */
export interface PairNames {
  /** In the order of their numbers, from 1. */
  recordings: string[];
  numberOf(recording: string): number;
  /** `1–3` */
  nameOf(pair: Pick<PairComparison, 'a' | 'b'>): string;
}

/** Numbers what was compared. */
export function pairNames(pairs: PairComparison[]): PairNames {
  const recordings = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
  const numberOf = (recording: string) => recordings.indexOf(recording) + 1;
  return { recordings, numberOf, nameOf: ({ a, b }) => `${numberOf(a)}–${numberOf(b)}` };
}
