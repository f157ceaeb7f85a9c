import { lowerTail, upperTail } from './binomial.js';

/** The parameters of the network's statistical test. */
export interface StatTestParams {
  /** Expected mismatch rate of an honest node, in (0, 1]. */
  pMismatch: number;
  /** A p-value below it is fraud, in (0, 1]. */
  fraudThreshold: number;
}

export interface StatTestResult {
  /** P(X ≥ nMismatch), X ~ Binomial(nTotal, pMismatch); 1 when nothing was measured. */
  pValue: number;
  fraudDetected: boolean;
}

/**
 * The network's test: one-sided binomial, fraud when the p-value is strictly below the threshold.
 *
 * @param counts.nTotal nonces judged
 * @param counts.nMismatch judged nonces that mismatch
 */
export function statTest({
  nTotal,
  nMismatch,
  pMismatch,
  fraudThreshold,
}: { nTotal: number; nMismatch: number } & StatTestParams): StatTestResult {
  const pValue = nTotal === 0 ? 1 : upperTail(nMismatch, nTotal, pMismatch);
  return { pValue, fraudDetected: pValue < fraudThreshold };
}

/** The smallest number of mismatches among nTotal that is fraud; null when even nTotal mismatches are not. */
export function firstFailingCount(nTotal: number, params: StatTestParams): number | null {
  const fails = (nMismatch: number) => statTest({ nTotal, nMismatch, ...params }).fraudDetected;
  if (nTotal === 0 || !fails(nTotal)) return null;
  let passing = 0;
  let failing = nTotal;
  while (failing - passing > 1) {
    const middle = Math.floor((passing + failing) / 2);
    if (fails(middle)) failing = middle;
    else passing = middle;
  }
  return failing;
}

/**
 * The exact (Clopper–Pearson) two-sided confidence interval of a rate.
 *
 * @param level for example 0.95
 * @returns [low, high], both in [0, 1]
 */
export function exactInterval(count: number, nTotal: number, level = 0.95): [number, number] {
  if (nTotal === 0) return [0, 1];
  const alpha = (1 - level) / 2;
  const low = count === 0 ? 0 : solveIncreasing((p) => upperTail(count, nTotal, p), alpha);
  const high = count === nTotal ? 1 : solveIncreasing((p) => 1 - lowerTail(count, nTotal, p), 1 - alpha);
  return [low, high];
}

/** The probability that the test says fraud when each nonce truly mismatches with `trueRate`. */
export function power(nTotal: number, params: StatTestParams, trueRate: number): number {
  const failing = firstFailingCount(nTotal, params);
  return failing === null ? 0 : upperTail(failing, nTotal, trueRate);
}

/** The smallest true mismatch rate that the test detects with `wantedPower`; null when none is. */
export function detectableRate(nTotal: number, params: StatTestParams, wantedPower = 0.95): number | null {
  const failing = firstFailingCount(nTotal, params);
  if (failing === null) return null;
  return solveIncreasing((rate) => upperTail(failing, nTotal, rate), wantedPower);
}

/** The x in [0, 1] where an increasing function reaches the target, by bisection to the last bit. */
function solveIncreasing(fn: (x: number) => number, target: number): number {
  let low = 0;
  let high = 1;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return high;
    if (fn(middle) < target) low = middle;
    else high = middle;
  }
}
