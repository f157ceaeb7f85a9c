import { power, type StatTestParams } from '../verdict/stat-test.js';

const MAX_NONCES = 100_000;

/**
 * How many nonces a check needs to detect a true mismatch rate with the wanted power.
 *
 * Power falls a little whenever one more mismatch is allowed. From the returned number on, power stays at or
 * above the wanted value.
 *
 * @param trueRate share of mismatches of the node to be detected, in (0, 1]
 * @param wantedPower in (0, 1)
 * @returns null when 100,000 nonces are not enough, for example at a rate that an honest node may have too
 */
export function noncesNeeded(params: StatTestParams, trueRate: number, wantedPower: number): number | null {
  if (trueRate <= params.pMismatch || power(MAX_NONCES, params, trueRate) < wantedPower) return null;
  let enough: number | null = null;
  // The dips are at most 1/p apart. The search ends after twice that length without a dip.
  const stretch = Math.ceil(2 / params.pMismatch);
  for (let n = 1; n <= MAX_NONCES; n++) {
    if (power(n, params, trueRate) < wantedPower) enough = null;
    else enough ??= n;
    if (enough !== null && n - enough >= stretch) return enough;
  }
  return null;
}
