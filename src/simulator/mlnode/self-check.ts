import { decodeVector } from '../../schemes/half-base64.js';
import { statTest } from '../../verdict/stat-test.js';
import type { StatTestRequest } from './requests.js';

/** Defaults of the builds for keys that the request leaves out. */
const BUILD_DEFAULTS: Required<StatTestRequest> = {
  dist_threshold: 0.02,
  p_mismatch: 0.001,
  fraud_threshold: 0.01,
};

export interface SelfCheck {
  n_total: number;
  n_mismatch: number;
  mismatch_nonces: number[];
  p_value: number;
  fraud_detected: boolean;
}

/**
 * The node's self-check as the builds do it, including its weaknesses: it checks only the nonces that it
 * computed, so a nonce left out is no mismatch, and a NaN distance is not above the threshold.
 *
 * @param nTotal number of nonces in the request
 * @param computed numbers by nonce, in the order of computing
 * @param received the client's vectors by nonce
 */
export function selfCheck(
  nTotal: number,
  computed: ReadonlyMap<number, ArrayLike<number>>,
  received: ReadonlyMap<number, string>,
  wanted: StatTestRequest | null | undefined,
): SelfCheck {
  const thresholds = { ...BUILD_DEFAULTS, ...wanted };
  const mismatchNonces: number[] = [];
  for (const [nonce, vector] of computed) {
    const base64 = received.get(nonce);
    if (base64 === undefined || base64 === '') continue;
    if (isMismatch(vector, base64, thresholds.dist_threshold)) mismatchNonces.push(nonce);
  }
  return verdict(nTotal, mismatchNonces, thresholds);
}

/** The answer of a check without mismatches. */
export function clearedCheck(nTotal: number, wanted: StatTestRequest | null | undefined): SelfCheck {
  return verdict(nTotal, [], { ...BUILD_DEFAULTS, ...wanted });
}

function verdict(nTotal: number, mismatchNonces: number[], thresholds: Required<StatTestRequest>): SelfCheck {
  const { pValue, fraudDetected } = statTest({
    nTotal,
    nMismatch: mismatchNonces.length,
    pMismatch: thresholds.p_mismatch,
    fraudThreshold: thresholds.fraud_threshold,
  });
  return {
    n_total: nTotal,
    n_mismatch: mismatchNonces.length,
    mismatch_nonces: mismatchNonces,
    p_value: pValue,
    fraud_detected: fraudDetected,
  };
}

function isMismatch(computed: ArrayLike<number>, base64: string, threshold: number): boolean {
  let received: Float32Array;
  try {
    received = decodeVector(base64, computed.length);
  } catch {
    return true;
  }
  if (!received.every(Number.isFinite)) return true;
  return float32Distance(computed, received) > threshold;
}

function float32Distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.fround((a[i] as number) - (b[i] as number));
    sum = Math.fround(sum + Math.fround(difference * difference));
  }
  return Math.fround(Math.sqrt(sum));
}
