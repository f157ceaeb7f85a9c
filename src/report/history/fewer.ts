import { type HistoryEntry, isBad } from './history.js';

/** Rows of all tables of a page together, and of one at least: more would make it larger than a browser likes. */
const [MOST_ROWS, LEAST_ROWS] = [600, 8];

/** How many rows each of so many nodes can have on a page. */
export function rowsFor(nodes: number): number {
  return Math.max(LEAST_ROWS, Math.floor(MOST_ROWS / Math.max(1, nodes)));
}

/**
 * The runs that a table shows where there is no room for all: those that did not pass, drifted or changed, the latest
 * of them first, and then the latest of the others. Pure.
 *
 * @returns them in their order
 */
export function rowsOf(entries: HistoryEntry[], most: number): HistoryEntry[] {
  if (entries.length <= most) return entries;
  const latest = entries.toReversed();
  const isTold = (entry: HistoryEntry) => isBad(entry) || entry.changes.length > 0;
  const byWorth = new Set([...latest.slice(0, 1), ...latest.filter(isTold), ...latest]);
  const chosen = new Set([...byWorth].slice(0, most));
  return entries.filter((entry) => chosen.has(entry));
}

/**
 * So many points at most, one for each stretch of the runs: a bad one where the stretch has any, or else the worst.
 * Pure.
 *
 * @param isWorse whether the first is worse than the second
 */
export function fewerPoints<P extends { bad: boolean }>(
  points: P[],
  most: number,
  isWorse: (one: P, other: P) => boolean,
): P[] {
  if (points.length <= most) return points;
  return Array.from({ length: most }, (_, at) => {
    const stretch = points.slice(
      Math.floor((at * points.length) / most),
      Math.floor(((at + 1) * points.length) / most),
    );
    return stretch.reduce((worst, point) => {
      if (point.bad !== worst.bad) return point.bad ? point : worst;
      return isWorse(point, worst) ? point : worst;
    });
  });
}
