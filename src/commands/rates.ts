import { UsageError } from '../errors.js';

/**
 * A probability or a distance gate from the command line.
 *
 * @param flag the flag that it was given with, for the error
 * @throws UsageError outside (0, 1]
 */
export function requireRate(value: number, flag: string): number {
  if (value > 0 && value <= 1) return value;
  throw new UsageError(`${flag}: must be a number above 0 and at most 1`);
}

/** A count from the command line: an integer of at least `min`. */
export function requireCount(value: number, flag: string, min = 1): number {
  if (Number.isSafeInteger(value) && value >= min) return value;
  throw new UsageError(`${flag}: must be an integer of at least ${min}`);
}
