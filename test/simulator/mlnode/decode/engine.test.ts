import { describe, expect, it } from 'vitest';
import { checkDecode } from '../../../../src/simulator/mlnode/decode/check.js';
import { type DecodeTraits, generateChain } from '../../../../src/simulator/mlnode/decode/engine.js';
import { profiles } from '../../../../src/simulator/mlnode/index.js';

const KEY = 'inputs';
const NONCES = Array.from({ length: 100 }, (_, nonce) => nonce);
const TAU = { dist_threshold: 0.025, p_mismatch: 0.003, fraud_threshold: 0.01 };

const claimsOf = (traits: DecodeTraits) =>
  NONCES.map((nonce) => ({ nonce, k_points_steps: generateChain(KEY, nonce, 256, traits) }));

/** What an exact engine says of the chains of another. */
function checked(traits: DecodeTraits, engine: DecodeTraits = {}) {
  return checkDecode(KEY, claimsOf(traits), engine, TAU) as {
    n_total: number;
    n_mismatch: number;
    fraud_detected: boolean;
    per_nonce?: { n_sphere_mismatches: number; mismatch_margin_max: number; mismatch: boolean }[];
  };
}

describe('a simulated decode engine', () => {
  it('repeats itself, and finds nothing in its own chains', () => {
    expect(claimsOf({})).toEqual(claimsOf({}));
    expect(checked({})).toMatchObject({ n_total: 100, n_mismatch: 0, fraud_detected: false });
  });

  it('parts late and at small margins from one of other hardware', () => {
    const own = claimsOf({});
    const others = claimsOf(profiles['decode-hardware'].decode as DecodeTraits);
    const parting = own.map(({ k_points_steps }, row) =>
      k_points_steps.findIndex((step, index) => step !== others[row]?.k_points_steps[index]),
    );
    expect(parting.filter((step) => step >= 0).length).toBeGreaterThan(50);
    expect(parting.filter((step) => step > 32).length).toBeGreaterThan(30);
    const check = checked(profiles['decode-hardware'].decode as DecodeTraits);
    expect(check).toMatchObject({ n_mismatch: 0, fraud_detected: false });
    expect(check.per_nonce?.some(({ n_sphere_mismatches }) => n_sphere_mismatches > 0)).toBe(true);
  });

  it.each(['decode-int4', 'decode-unrelated'] as const)('calls %s a fraud', (name) => {
    expect(checked(profiles[name].decode as DecodeTraits)).toMatchObject({ fraud_detected: true });
  });

  it('gives a claim outside the points the largest margin there is', () => {
    const [claim] = claimsOf({});
    const steps = claim?.k_points_steps ?? [];
    const broken = [{ nonce: 0, k_points_steps: [...steps.slice(0, -1), -1] }];
    expect(checkDecode(KEY, broken, {}, TAU)).toMatchObject({
      n_mismatch: 1,
      per_nonce: [{ n_sphere_mismatches: 1, n_steps: 257, mismatch_margin_max: 2, mismatch: true }],
    });
  });

  it('counts steps in an older build', () => {
    expect(checked({}, { pooled: true }).n_total).toBe(257 * 100);
  });
});
