import { goldenThresholds } from '../run/thresholds.js';
import type { Parameters } from './vector-set.js';

/** A parameter that two recordings do not share. */
export interface Difference {
  name: string;
  a: unknown;
  b: unknown;
}

/** None of them enters the computation of a vector. */
const INFORMATIVE = [
  'block_height',
  'node_id',
  'node_count',
  'dist_threshold',
  'p_mismatch',
  'fraud_threshold',
  'collection_batch_size',
  'additional_args',
] as const;

/**
 * What differs without making the vectors incomparable. What one side does not tell, as a live node does not
 * tell its arguments, is not known to differ.
 */
export function differencesOf(a: Parameters, b: Parameters): Difference[] {
  const [left, right] = [told(a), told(b)];
  return INFORMATIVE.filter(
    (name) =>
      left[name] != null && right[name] != null && JSON.stringify(left[name]) !== JSON.stringify(right[name]),
  ).map((name) => ({ name, a: left[name], b: right[name] }));
}

/** Thresholds stand in two places of a reference. */
function told(parameters: Parameters): Record<string, unknown> {
  return { ...parameters, ...goldenThresholds(parameters).values };
}
