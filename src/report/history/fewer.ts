import { type HistoryEntry, isBad } from './history.js';

/**
 * Most rows of all tables of a page together; each table has at least one. More rows make the page too large
 * for a browser.
 */
const [MOST_ROWS, LEAST_ROWS] = [600, 8];

/** Rows of each node on a page with this many nodes. */
export function rowsFor(nodes: number): number {
  return Math.max(LEAST_ROWS, Math.floor(MOST_ROWS / Math.max(1, nodes)));
}

/**
 * The runs that a table shows if it has no room for all: first those without a PASS, with drift or with
 * changes, the latest of them first, and then the latest of the others. Pure.
 *
 * @returns the runs in their original order
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
 * At most this many points, one for each stretch of the runs: a bad point if the stretch has any, else the
 * worst. Pure.
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
