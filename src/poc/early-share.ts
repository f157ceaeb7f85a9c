/** Counts of one participant for one model: after the first third of the generation, and at its end. */
export interface EarlyCounts {
  address: string;
  early: bigint;
  final: bigint;
  /** Its voting power for the model, by which the median is weighted. */
  votingPower: bigint;
}

/** One participant's share of the first third, held against the model's. */
export interface EarlyShare {
  address: string;
  /** early / final, in hundredths of a percent, cut off. */
  shareBps: bigint;
  /** Below half of the weighted median, or more early than in the end. */
  missed: boolean;
}

/** A model's early shares. The median is a fraction, so that no digit is lost. */
export interface EarlyShares {
  median: { early: bigint; final: bigint };
  shares: EarlyShare[];
}

/**
 * The early-share guard of the network's nodes: what a host committed in the first third of the generation,
 * as a part of all that it committed, must be at least half of the model's weighted median part.
 *
 * The first miss is a grace; the second in a row draws `no` votes, and only a passed confirmation PoC clears
 * it. That memory is each validator's own: the chain does not keep it.
 *
 * @returns null where nobody with voting power committed: then the guard does not act
 */
export function earlyShares(counts: readonly EarlyCounts[]): EarlyShares | null {
  const points = counts.filter(({ final }) => final > 0n);
  const median = weightedMedian(points.filter(({ early, final }) => early <= final));
  if (median === null) return null;
  const shares = points.map(({ address, early, final }) => ({
    address,
    shareBps: (early * 10_000n) / final,
    // early / final < (median.early / median.final) / 2
    missed: early > final || 2n * early * median.final < median.early * final,
  }));
  return { median, shares };
}

/** The share at which half of the voting power is reached, from the lowest share on. */
function weightedMedian(points: readonly EarlyCounts[]): EarlyShares['median'] | null {
  const voting = points.filter(({ votingPower }) => votingPower > 0n);
  const total = voting.reduce((sum, { votingPower }) => sum + votingPower, 0n);
  const sorted = [...voting].sort((a, b) => {
    const difference = a.early * b.final - b.early * a.final;
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  });
  let reached = 0n;
  for (const { early, final, votingPower } of sorted) {
    reached += votingPower;
    if (2n * reached >= total) return { early, final };
  }
  return null;
}

/** A fraction in percent, for people. */
export function shareText(part: bigint, whole: bigint): string {
  const bps = whole === 0n ? 0n : (part * 10_000n) / whole;
  return `${bps / 100n}.${String(bps % 100n).padStart(2, '0')} %`;
}
