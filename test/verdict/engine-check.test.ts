import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Observation } from '../../src/run/observation.js';
import {
  divergenceOf,
  divergenceText,
  engineWarnings,
  judgedByEngine,
} from '../../src/verdict/engine-check.js';

const chain = (nonce: number, more: Partial<Observation> = {}): Observation => ({
  nonce,
  vector_b64: '',
  k_points_steps: [1, 2, 3],
  l2: null,
  cosine_distance: null,
  first_divergence: null,
  mismatch: false,
  why: null,
  replica: 5001,
  request: null,
  batch: 0,
  latency_s: 0.1,
  ...more,
});
const check = (nonces: number[], mismatches: number[], nTotal = nonces.length) => ({
  nonces,
  n_total: nTotal,
  n_mismatch: mismatches.length,
  mismatch_nonces: mismatches,
});

describe('chains judged by an engine', () => {
  it('mismatch where the engine says so, and nowhere else', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(50), { minLength: 1 }), fc.func(fc.boolean()), (nonces, isBad) => {
        const bad = nonces.filter((nonce) => isBad(nonce));
        const judged = judgedByEngine(
          nonces.map((nonce) => chain(nonce)),
          [check(nonces, bad)],
          null,
        );
        expect(judged?.observations.filter(({ mismatch }) => mismatch).map(({ nonce }) => nonce)).toEqual(
          bad,
        );
      }),
    );
  });

  it('are not judged where no engine checked them: nothing unchecked counts as good', () => {
    expect(judgedByEngine([chain(1)], null, null)).toBeNull();
    expect(judgedByEngine([chain(1)], null, [])).toBeNull();
    expect(judgedByEngine([chain(1), chain(2)], [check([2], [])], null)?.observations).toHaveLength(1);
  });

  it('go by the trusted engine before the own check, and say whose word it is', () => {
    const trusted = judgedByEngine([chain(1)], [check([1], [1])], [check([1], [])]);
    expect(trusted).toMatchObject({
      by: 'trusted_engine',
      observations: [{ mismatch: true, why: 'engine' }],
    });
    const own = judgedByEngine([chain(1)], null, [check([1], [])]);
    expect(own?.by).toBe('own_check');
    expect(engineWarnings(own as never)).toMatchObject([{ code: 'judged_by_own_check', about_node: true }]);
  });

  it('that are none mismatch whatever the engine says', () => {
    const left = chain(1, { why: 'missing', vector_b64: null });
    expect(judgedByEngine([left], [check([2], [])], null)?.observations).toMatchObject([{ mismatch: true }]);
  });

  it('are told to be counted by steps in an older build', () => {
    const pooled = judgedByEngine([chain(1)], [check([1], [], 257)], null);
    expect(pooled?.isPooled).toBe(true);
    expect(engineWarnings(pooled as never).at(-1)?.text).toContain('counts steps');
  });

  it('are told where they leave the reference, by replica', () => {
    const observations = [
      chain(1),
      chain(2, { first_divergence: 7 }),
      chain(3, { first_divergence: 9, replica: 5002 }),
    ];
    const found = divergenceOf(observations);
    expect(found).toMatchObject({
      chains: { compared: 3, equal: 1, first_divergence: { min: 7, max: 9 } },
      replicas: [
        { port: 5001, compared: 2, equal: 1 },
        { port: 5002, compared: 1, equal: 0 },
      ],
    });
    expect(divergenceText(found)).toContain('1 of 3 chains equal the reference in full');
  });
});
