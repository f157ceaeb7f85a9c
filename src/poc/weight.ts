import { type Decimal, truncatedShare } from '../chain/decimal.js';

/** Inputs for the time of a stage; times are the block times of the chain, in seconds. */
export interface StageTime {
  /** Whether the chain corrects for slow and fast blocks (`poc_normalization_enabled`). */
  normalised: boolean;
  /** Blocks of the generation, and of the exchange that follows it. */
  pocStageDuration: number;
  pocExchangeDuration: number;
  generationStart: bigint;
  exchangeEnd: bigint;
}

/** A factor as the chain computes it: `numerator / SCALE`, 16 digits after the point. */
const SCALE = 10n ** 16n;
/** Seconds that the chain plans for a block: 5.41. */
const BLOCK_CENTISECONDS = 541n;

/**
 * The factor that corrects a stage's counts for slow or fast blocks, times 10^16. It is planned seconds
 * divided by real seconds, rounded like the chain's decimal library (half away from zero, 16 digits). It is 1
 * where the chain does not correct, or does not know one of the times.
 */
export function normalisationFactor(time: StageTime): bigint {
  const { normalised, pocStageDuration, pocExchangeDuration, generationStart, exchangeEnd } = time;
  const seconds = exchangeEnd - generationStart;
  if (!normalised || generationStart === 0n || exchangeEnd === 0n || seconds <= 0n) return SCALE;
  const planned = BigInt(pocStageDuration + pocExchangeDuration) * BLOCK_CENTISECONDS * SCALE;
  const divisor = seconds * 100n;
  return (planned + divisor / 2n) / divisor;
}

/** floor(count × factor). */
export function normalise(count: bigint, factor: bigint): bigint {
  return (count * factor) / SCALE;
}

/** The factor for people: at most six digits after the point. */
export function factorText(factor: bigint): string {
  const micro = (factor + SCALE / 2_000_000n) / (SCALE / 1_000_000n);
  return `${micro / 1_000_000n}.${String(micro % 1_000_000n).padStart(6, '0')}`.replace(/\.?0+$/, '');
}

/** The weight from commits of one participant for one model, before and after the model's coefficient. */
export interface EarnedWeight {
  /** Without the coefficient: the weight that the chain stores in the model's group. */
  raw: bigint;
  nodes: { nodeId: string; committed: bigint; raw: bigint }[];
  /**
   * With the coefficient: the part of the host's weight from this model; null where the coefficient is not
   * known.
   */
  weight: bigint | null;
}

/**
 * The weight from an accepted commit. A commit without a weight distribution earns nothing.
 *
 * @param nodes the weight distribution; null or empty: the host sent none
 * @param coefficient null: not known
 */
export function earnedWeight(
  count: bigint,
  nodes: readonly { nodeId: string; weight: bigint }[] | null,
  factor: bigint,
  coefficient: Decimal | null,
): EarnedWeight {
  const shares = (nodes ?? []).map(({ nodeId, weight }) => ({
    nodeId,
    committed: weight,
    raw: normalise(weight, factor),
  }));
  const raw = shares.length === 0 ? 0n : normalise(count, factor);
  return { raw, nodes: shares, weight: scaled(raw, coefficient) };
}

/** trunc(coefficient × raw weight); a raw weight of zero gives zero, even with an unknown coefficient. */
export function scaled(raw: bigint, coefficient: Decimal | null): bigint | null {
  if (raw === 0n) return 0n;
  return coefficient === null ? null : truncatedShare(coefficient, raw);
}
