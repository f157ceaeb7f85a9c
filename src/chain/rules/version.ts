/** The numbers of a chain's version, for example of `v0.2.16-post3`; undefined where the text has none. */
export function versionNumbers(version: string): number[] | undefined {
  return /^v?(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);
}

/** Negative where `a` is older than `b`. */
export function compareVersions(a: readonly number[], b: readonly number[]): number {
  return b.map((part, index) => (a[index] ?? 0) - part).find((difference) => difference !== 0) ?? 0;
}

/** Whether a chain is older than a version; undefined where the chain's version is not known. */
export function isVersionBelow(version: string, bound: readonly number[]): boolean | undefined {
  const numbers = versionNumbers(version);
  return numbers && compareVersions(numbers, bound) < 0;
}
