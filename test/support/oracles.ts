import { readFileSync } from 'node:fs';

interface Oracles {
  binomial_p_values: { k: number; n: number; p_mismatch: number; p_value: number }[];
  first_failing_mismatch_count: {
    n: number;
    p_mismatch: number;
    fraud_threshold: number;
    first_failing_k: number;
    p_value_at_k: number;
  }[];
  clopper_pearson: { k: number; n: number; level: number; low: number; high: number }[];
  power: { n: number; p_mismatch: number; fraud_threshold: number; true_rate: number; power: number }[];
  qwen235b_default_vs_deepgemm: {
    common_nonces: number;
    l2_mean: number;
    l2_max: number;
    mismatches_at_0_2: number;
    per_nonce: { nonce: number; l2: number; cosine: number }[];
  };
  half_precision: { bits: string; value: number | 'inf' | '-inf' | 'nan' }[];
}

/** Figures computed with scipy 1.10.1 and numpy 1.24.2 in float64. */
export const oracles = JSON.parse(
  readFileSync(new URL('../oracles/statistics.json', import.meta.url), 'utf8'),
) as Oracles;

/** |actual − expected| relative to the expected value. */
export function relativeError(actual: number, expected: number): number {
  return expected === 0 ? Math.abs(actual) : Math.abs(actual - expected) / Math.abs(expected);
}

/** L2 distances of pairs of public recordings, computed with numpy in float64. */
export const recordingFigures = (
  JSON.parse(readFileSync(new URL('../oracles/recordings.json', import.meta.url), 'utf8')) as {
    pairs: {
      a: string;
      b: string;
      n: number;
      mean: number;
      sd: number;
      /** Without the first places of batches that are wrong. */
      rest?: { n: number; mean: number; sd: number };
    }[];
  }
).pairs;
