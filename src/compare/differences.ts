import { goldenThresholds } from '../run/thresholds.js';
import type { Parameters } from './vector-set.js';

/** A parameter in which two recordings differ. */
export interface Difference {
  name: string;
  a: unknown;
  b: unknown;
}

/** None of these enters the computation of a vector. */
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
 * The differences that do not make the vectors incomparable. If one side does not give a value, no difference
 * is known: a live node, for example, does not give its arguments.
 */
export function differencesOf(a: Parameters, b: Parameters): Difference[] {
  const [left, right] = [told(a), told(b)];
  return INFORMATIVE.filter(
    (name) =>
      left[name] != null && right[name] != null && JSON.stringify(left[name]) !== JSON.stringify(right[name]),
  ).map((name) => ({ name, a: left[name], b: right[name] }));
}

/** A reference has thresholds in two places. */
function told(parameters: Parameters): Record<string, unknown> {
  return { ...parameters, ...goldenThresholds(parameters).values };
}
