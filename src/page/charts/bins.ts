const MOST_BINS = 80;

/** Edges of equal bins from 0 to `end`; one edge is at the threshold if the bins are fine enough. */
export function binEdges(threshold: number, end: number): number[] {
  const perThreshold = Math.max(1, Math.floor((MOST_BINS * threshold) / end));
  const width = Math.max(threshold / perThreshold, end / MOST_BINS);
  return Array.from({ length: Math.ceil(end / width - 1e-9) + 1 }, (_, index) => index * width);
}
