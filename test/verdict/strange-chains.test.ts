import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Observation } from '../../src/run/observation.js';
import { generateChain } from '../../src/simulator/mlnode/decode/engine.js';
import { firstDifference } from '../../src/verdict/divergence.js';
import { strangeChains } from '../../src/verdict/strange-chains.js';

const TOKENS = 64;
type Traits = Parameters<typeof generateChain>[3];

function observed(key: string, traits: Traits, count: number, replica = 5001): Observation[] {
  return Array.from({ length: count }, (_, nonce) => {
    const golden = generateChain(key, nonce, TOKENS, {});
    const k_points_steps = generateChain(key, nonce, TOKENS, traits);
    return {
      ...{ nonce, vector_b64: '', k_points_steps, l2: null, cosine_distance: null, mismatch: false },
      first_divergence: firstDifference(k_points_steps, golden),
      ...{ why: null, replica, request: null, batch: 0, latency_s: 0.1 },
    };
  });
}

describe('chains that share nothing with the reference', () => {
  it('are those of other weights, and not those of other hardware', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), fc.integer({ min: 16, max: 64 }), (key, count) => {
        expect(strangeChains(observed(key, { hardware: 'b', slip: 0.02 }, count))).toEqual([]);
        expect(strangeChains(observed(key, {}, count))).toEqual([]);
      }),
      { numRuns: 30 },
    );
    for (let key = 0; key < 200; key++)
      expect(strangeChains(observed(`${key}`, { weights: 'other' }, 32))).toHaveLength(1);
    // Quantised weights share something: who judges them is an engine.
    for (let key = 0; key < 20; key++)
      expect(strangeChains(observed(`${key}`, { hardware: 'c', slip: 0.12 }, 32))).toEqual([]);
  });

  it('are found by replica', () => {
    const both = [...observed('a', {}, 64), ...observed('a', { weights: 'other' }, 64, 5002)];
    expect(strangeChains(both)).toMatchObject([{ port: 5002 }]);
  });

  it('are not claimed of few chains, nor of chains that are all alike', () => {
    expect(strangeChains(observed('a', { weights: 'other' }, 7))).toEqual([]);
    const alike = observed('a', {}, 32).map((one) => ({
      ...one,
      k_points_steps: Array(TOKENS + 1).fill(3),
      first_divergence: 30,
    }));
    expect(strangeChains(alike)).toEqual([]);
  });
});
