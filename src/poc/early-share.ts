/** Counts of one participant for one model: after the first third of the generation, and at its end. */
export interface EarlyCounts {
  address: string;
  early: bigint;
  final: bigint;
  /** Its voting power for the model, by which the median is weighted. */
  votingPower: bigint;
}

/** One participant's share of the first third, compared with the model's. */
export interface EarlyShare {
  address: string;
  /** early / final, in hundredths of a percent, cut off. */
  shareBps: bigint;
  /** Below half of the weighted median, or a larger count early than at the end. */
  missed: boolean;
}

/** The early shares of a model. The median stays a fraction, so that no digit is lost. */
export interface EarlyShares {
  median: { early: bigint; final: bigint };
  shares: EarlyShare[];
}

/**
 * The early-share guard of the network's nodes. The share is the count in the first third of the generation
 * divided by the final count. It must be at least half of the model's weighted median share.
 *
 * The first miss has no effect. The second miss in a row brings `no` votes, and only a passed confirmation
 * PoC resets it. Each validator keeps this memory itself: the chain does not.
 *
 * @returns null where nobody with voting power committed: the guard then does nothing
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

/** The share at which half of the voting power is reached, counted from the lowest share. */
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
