import { expect, it } from 'vitest';
import type { Observation } from '../../src/run/observation.js';
import { divergenceLines, divergenceOf, firstDifference } from '../../src/verdict/divergence.js';

const divergenceText = (found: ReturnType<typeof divergenceOf>) =>
  divergenceLines({ ...found, trusted_check: null, tau: 0.025 }).join('\n');

function chain(nonce: number, replica: number, steps: number[], reference = [1, 2, 3]): Observation {
  return {
    ...{ nonce, vector_b64: '', k_points_steps: steps, l2: null, cosine_distance: null },
    first_divergence: firstDifference(steps, reference),
    ...{ mismatch: false, why: null, replica, request: null, batch: Math.floor(nonce / 32), latency_s: 0.1 },
  };
}

it('tells where chains leave the reference, by replica', () => {
  const found = divergenceOf(
    [chain(1, 5001, [1, 2, 3]), chain(2, 5001, [1, 9, 3]), chain(3, 5002, [1, 2, 9])],
    [1, 2, 3],
  );
  expect(found).toMatchObject({
    chains: { compared: 3, equal: 1, first_divergence: { min: 1, max: 2 } },
    replicas: [
      { port: 5001, compared: 2, equal: 1, elsewhere: null },
      { port: 5002, compared: 1, equal: 0, elsewhere: null },
    ],
  });
  expect(divergenceText(found)).toContain(
    '1 of 3 chains equal the reference in full; the others part at step 1 to 2',
  );
});

it('tells which chains are equal on another replica, whatever the reference says', () => {
  const found = divergenceOf(
    [
      chain(1, 5001, [1, 9, 3]),
      chain(1, 5002, [1, 9, 3]),
      chain(2, 5001, [1, 2, 3]),
      chain(2, 5002, [1, 2, 8]),
    ],
    [1, 2],
  );
  expect(found.replicas).toMatchObject([
    { port: 5001, elsewhere: { compared: 2, equal: 1, first_divergence: { min: 2 } } },
    { port: 5002, elsewhere: { compared: 2, equal: 1 } },
  ]);
  expect(divergenceText(found)).toContain('replica 5002: 1 of 2 chains equal those of another replica');
});

it('tells a place of the batch whose chains part more often than the others', () => {
  const nonces = Array.from({ length: 320 }, (_, nonce) => nonce);
  const first = divergenceOf(
    nonces.map((nonce) => chain(nonce, 5001, nonce % 32 === 0 ? [4, 4, 4] : [1, 2, 3])),
    nonces,
  );
  expect(first.places).toHaveLength(32);
  expect(first.places[0]).toMatchObject({ place: 0, compared: 10, equal: 0 });
  expect(divergenceText(first)).toContain('chains part more often at place 0 (0 % equal) of the batch');
  const even = divergenceOf(
    nonces.map((nonce) => chain(nonce, 5001, nonce % 3 === 0 ? [1, 2, 4] : [1, 2, 3])),
    nonces,
  );
  expect(divergenceText(even)).toContain('no place of the batch differs from the others (32 places)');
});
