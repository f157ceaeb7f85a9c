import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Observation } from '../../src/run/observation.js';
import type { ChainCheck } from '../../src/run/report.js';
import { engineWarnings, judgedByEngine } from '../../src/verdict/engine-check.js';

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
const check = (nonces: number[], mismatches: number[], more: Partial<ChainCheck> = {}): ChainCheck => ({
  nonces,
  replicas: nonces.map(() => 5001),
  tested_nonces: nonces,
  mismatch_nonces: mismatches,
  excluded_nonces: [],
  margins: null,
  is_pooled: false,
  called_otherwise: 0,
  ...more,
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
    const pooled = judgedByEngine([chain(1)], [check([1], [], { is_pooled: true })], null);
    expect(engineWarnings(pooled as never).at(-1)?.text).toContain('counts steps');
  });

  it('are neither good nor bad where the engine left them out, and that is said', () => {
    const judged = judgedByEngine(
      [chain(1), chain(2), chain(3)],
      [check([1, 2, 3], [], { tested_nonces: [1], excluded_nonces: [2] })],
      null,
    );
    expect(judged?.observations.map(({ nonce }) => nonce)).toEqual([1]);
    expect(judged?.notTested.map(({ nonce }) => nonce)).toEqual([2, 3]);
    expect(engineWarnings(judged as never)).toMatchObject([
      {
        code: 'chains_not_tested',
        text: '2 chains were not tested by the engine (nonce 2, 3); it says that it left out 1 of them',
      },
    ]);
  });

  it('of another replica are judged by their own steps, and not by those of the first', () => {
    const same = chain(1, { replica: 5002, further: true });
    const other = chain(2, { replica: 5002, further: true, k_points_steps: [9, 9, 9] });
    const observations = [chain(1), chain(2), same, other];
    const first = judgedByEngine(observations, [check([1, 2], [])], null);
    expect(first?.observations).toHaveLength(3);
    expect(first?.notTested).toEqual([{ nonce: 2, replica: 5002 }]);
    const both = judgedByEngine(
      observations,
      [check([1, 2], []), check([2], [2], { replicas: [5002] })],
      null,
    );
    expect(both?.observations.map(({ replica, mismatch }) => [replica, mismatch])).toEqual([
      [5001, false],
      [5001, false],
      [5002, false],
      [5002, true],
    ]);
  });

  it("are judged by the node's own check for the replica that gave it", () => {
    const observations = [chain(1), chain(2, { replica: 5002 })];
    const turned = [
      check([1], [1], { replicas: null, answered_by: 5002 }),
      check([2], [], { answered_by: 5001 }),
    ];
    const own = judgedByEngine(observations, null, turned);
    expect(own?.observations.map(({ nonce, replica, mismatch }) => [nonce, replica, mismatch])).toEqual([
      [1, 5002, true],
      [2, 5001, false],
    ]);
    expect(own?.notTested).toEqual([]);
    const twice = judgedByEngine(observations, null, [
      check([1, 2], [], { answered_by: 5001 }),
      check([1, 2], [1, 2], { answered_by: 5002 }),
    ]);
    expect(twice?.observations.map(({ replica, mismatch, further }) => [replica, mismatch, further])).toEqual(
      [
        [5001, false, undefined],
        [5001, false, undefined],
        [5002, true, true],
        [5002, true, true],
      ],
    );
  });
});
