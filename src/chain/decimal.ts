import { Decimal } from 'decimal.js';
import type { WireInteger } from './integer.js';

/**
 * Decimal arithmetic without loss: the chain's figures have far fewer digits than this precision. Further
 * digits are cut towards zero, as the chain does it.
 */
const Exact = Decimal.clone({ precision: 400, rounding: Decimal.ROUND_DOWN });

/** A decimal of the chain: value × 10^exponent. */
export interface WireDecimal {
  value?: WireInteger | null;
  exponent?: WireInteger | null;
}

export type { Decimal } from 'decimal.js';

export const ZERO = new Exact(0);
export const ONE = new Exact(1);

/** Reads a decimal of the chain; null and absent are zero. */
export function toDecimal(wire: WireDecimal | null | undefined): Decimal {
  return new Exact(`${wire?.value ?? 0}e${wire?.exponent ?? 0}`);
}

/** trunc(fraction × weight): the only way in which this project multiplies a fraction by a weight. */
export function truncatedShare(fraction: Decimal, weight: bigint): bigint {
  return BigInt(fraction.times(weight.toString()).trunc().toFixed(0));
}

/** `part` of `whole` in percent, for people: two digits after the point. */
export function percent(part: bigint, whole: bigint): string {
  if (whole === 0n) return '0.00 %';
  return `${new Exact(part.toString()).times(100).div(whole.toString()).toFixed(2)} %`;
}

/** A fraction in percent, for people: `0.15` becomes `15 %`. */
export function percentOf(fraction: Decimal): string {
  return `${fraction.times(100).toFixed()} %`;
}
