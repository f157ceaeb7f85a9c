/** The largest value; -Infinity for none. Unlike `Math.max(...values)`, it takes any number of values. */
export function largest(values: Iterable<number>): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) most = Math.max(most, value);
  return most;
}

/** The smallest value; Infinity for none. Unlike `Math.min(...values)`, it takes any number of values. */
export function smallest(values: Iterable<number>): number {
  let least = Number.POSITIVE_INFINITY;
  for (const value of values) least = Math.min(least, value);
  return least;
}
