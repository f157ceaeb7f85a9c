/** Texts for the figures of an acceptance. */

/** Megabytes as gigabytes. */
export function memoryText(megabytes: number | null): string {
  return megabytes === null ? 'not known' : `${(megabytes / 1024).toFixed(1)} GB`;
}

/** A change as a percentage with its sign. */
export function changeText(ratio: number): string {
  const percent = 100 * (ratio - 1);
  return `${percent >= 0 ? '+' : '−'}${Math.abs(percent).toFixed(1)} %`;
}
