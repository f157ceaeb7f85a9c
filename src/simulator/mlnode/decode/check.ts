import { statTest } from '../../../verdict/stat-test.js';
import type { StatTestRequest } from '../requests.js';
import { type CheckedChain, checkChain, type DecodeTraits } from './engine.js';

/** Defaults of the decode builds for keys that the request leaves out. */
const BUILD_DEFAULTS: Required<StatTestRequest> = {
  dist_threshold: 0.025,
  p_mismatch: 0.003,
  fraud_threshold: 0.01,
};

/** An entry of a validation's artifacts, as a decode build reads it. */
export interface ClaimedChain {
  nonce: number;
  k_points_steps?: number[];
}

/**
 * The check of a decode build: a nonce is a mismatch where some step differs and the largest margin is above
 * tau. The request calls tau `dist_threshold`.
 *
 * @param claims chains by nonce, in the order of the request
 */
export function checkDecode(
  key: string,
  claims: ClaimedChain[],
  traits: DecodeTraits,
  wanted: StatTestRequest | null | undefined,
): Record<string, unknown> {
  const thresholds = { ...BUILD_DEFAULTS, ...wanted };
  const checked = claims.map(({ nonce, k_points_steps = [] }) => ({
    nonce,
    ...checkChain(key, nonce, k_points_steps, traits),
  }));
  return traits.pooled ? pooledVerdict(checked, thresholds) : nonceVerdict(checked, thresholds);
}

/** The answer of a check without mismatches. */
export function clearedDecode(claims: ClaimedChain[]): Record<string, unknown> {
  return {
    n_total: claims.length,
    n_mismatch: 0,
    mismatch_nonces: [],
    p_value: 1,
    fraud_detected: false,
    per_nonce: claims.map(({ nonce, k_points_steps = [] }) => ({
      nonce,
      n_sphere_mismatches: 0,
      n_steps: k_points_steps.length,
      mismatch_margin_max: 0,
      mismatch: false,
    })),
    n_excluded: 0,
    excluded_nonces: [],
  };
}

function nonceVerdict(
  checked: ({ nonce: number } & CheckedChain)[],
  thresholds: Required<StatTestRequest>,
): Record<string, unknown> {
  const perNonce = checked.map(({ nonce, nSteps, nDiffering, largestMargin }) => ({
    nonce,
    n_sphere_mismatches: nDiffering,
    n_steps: nSteps,
    mismatch_margin_max: largestMargin,
    mismatch: nDiffering > 0 && largestMargin > thresholds.dist_threshold,
  }));
  const mismatches = perNonce.filter(({ mismatch }) => mismatch).map(({ nonce }) => nonce);
  return {
    ...tested(perNonce.length, mismatches.length, thresholds),
    mismatch_nonces: mismatches,
    per_nonce: perNonce,
    n_excluded: 0,
    excluded_nonces: [],
  };
}

/** An older build: every step counts, so `n_total` is the number of steps. */
function pooledVerdict(
  checked: ({ nonce: number } & CheckedChain)[],
  thresholds: Required<StatTestRequest>,
): Record<string, unknown> {
  const above = (margins: number[]) => margins.filter((margin) => margin > thresholds.dist_threshold).length;
  const steps = checked.reduce((sum, { nSteps }) => sum + nSteps, 0);
  const mismatches = checked.reduce((sum, { margins }) => sum + above(margins), 0);
  const nonces = checked.filter(({ margins }) => above(margins) > 0).map(({ nonce }) => nonce);
  return { ...tested(steps, mismatches, thresholds), mismatch_nonces: nonces };
}

function tested(
  nTotal: number,
  nMismatch: number,
  { p_mismatch, fraud_threshold }: Required<StatTestRequest>,
) {
  const { pValue, fraudDetected } = statTest({
    nTotal,
    nMismatch,
    pMismatch: p_mismatch,
    fraudThreshold: fraud_threshold,
  });
  return { n_total: nTotal, n_mismatch: nMismatch, p_value: pValue, fraud_detected: fraudDetected };
}
