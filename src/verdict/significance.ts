import type { Summary } from '../vectors/summary.js';

/** Chance of a false diagnosis, before it is divided among the comparisons made. */
export const ALPHA = 0.001;

/** With fewer values, a sample's mean and spread say too little. */
export const MIN_SAMPLE = 8;

/** The part of a summary that a comparison of means needs. */
export interface Sample extends Pick<Summary, 'mean' | 'sd'> {
  n: number;
}

/**
 * Whether one mean is larger than another by more than chance (Welch, normal approximation, 99.9 %
 * one-sided).
 */
export function clearlyLarger(a: Sample, b: Sample): boolean {
  if (a.n < MIN_SAMPLE || b.n < MIN_SAMPLE) return false;
  return a.mean - b.mean > 3.1 * Math.sqrt(a.sd ** 2 / a.n + b.sd ** 2 / b.n);
}
