import { type Decimal, truncatedShare } from '../chain/decimal.js';

/** What the time of a stage is measured by; times are the block times of the chain, in seconds. */
export interface StageTime {
  /** Whether the chain corrects for slow or fast blocks (`poc_normalization_enabled`). */
  normalised: boolean;
  /** Blocks of generation and of the exchange after it. */
  pocStageDuration: number;
  pocExchangeDuration: number;
  generationStart: bigint;
  exchangeEnd: bigint;
}

/** A factor as the chain computes it: `numerator / SCALE`, 16 digits after the point. */
const SCALE = 10n ** 16n;
/** Seconds that the chain takes a block for: 5.41. */
const BLOCK_CENTISECONDS = 541n;

/**
 * The factor that corrects a stage's counts for slow or fast blocks, times 10^16: planned seconds over real
 * seconds, rounded as the chain's decimal library does (half away from zero, 16 digits). 1 where the chain does
 * not correct, or does not know one of the times.
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

/** The factor for people: up to six digits after the point. */
export function factorText(factor: bigint): string {
  const micro = (factor + SCALE / 2_000_000n) / (SCALE / 1_000_000n);
  return `${micro / 1_000_000n}.${String(micro % 1_000_000n).padStart(6, '0')}`.replace(/\.?0+$/, '');
}

/** What commits of one participant for one model come to, before and after the model's coefficient. */
export interface EarnedWeight {
  /** Without the coefficient: what the chain keeps in the model's group. */
  raw: bigint;
  nodes: { nodeId: string; committed: bigint; raw: bigint }[];
  /** With the coefficient: what the model adds to the host's weight; null where the coefficient is not known. */
  weight: bigint | null;
}

/**
 * What an accepted commit earns. A commit without a weight distribution earns nothing.
 *
 * @param nodes the weight distribution; null or empty: none was sent
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

/** trunc(coefficient × raw weight); nothing is nothing whatever the coefficient. */
export function scaled(raw: bigint, coefficient: Decimal | null): bigint | null {
  if (raw === 0n) return 0n;
  return coefficient === null ? null : truncatedShare(coefficient, raw);
}
