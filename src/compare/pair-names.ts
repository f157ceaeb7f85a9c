import type { Pair } from './pair.js';

/** Recordings by number, since their paths are too long for a table of pairs. */
export interface PairNames {
  /** In the order of their numbers, from 1. */
  recordings: string[];
  numberOf(recording: string): number;
  /** `1–3` */
  nameOf(pair: Pick<Pair, 'a' | 'b'>): string;
}

/** Gives numbers to the compared recordings. */
export function pairNames(pairs: Pick<Pair, 'a' | 'b'>[]): PairNames {
  const recordings = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
  const numberOf = (recording: string) => recordings.indexOf(recording) + 1;
  return { recordings, numberOf, nameOf: ({ a, b }) => `${numberOf(a)}–${numberOf(b)}` };
}

/** Each difference once, with all pairs that have it. */
export function groupDifferences<P extends Pick<Pair, 'a' | 'b' | 'differing_parameters'>>(
  pairs: P[],
  nameOf: (pair: P) => string,
): { pairs: string[]; name: string; a: string; b: string }[] {
  const groups = new Map<string, { pairs: string[]; name: string; a: string; b: string }>();
  for (const pair of pairs) {
    for (const { name, a, b } of pair.differing_parameters) {
      const key = JSON.stringify([name, a, b]);
      const group = groups.get(key) ?? { pairs: [], name, a: valueText(a), b: valueText(b) };
      group.pairs.push(nameOf(pair));
      groups.set(key, group);
    }
  }
  return [...groups.values()];
}

/** A parameter in readable form: arguments as a command line, anything else as JSON. */
export function valueText(value: unknown): string {
  if (!Array.isArray(value)) return JSON.stringify(value);
  return value.length === 0 ? 'none' : value.join(' ');
}
