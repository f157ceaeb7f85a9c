import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Observation } from '../../src/run/observation.js';
import { encodeVector } from '../../src/schemes/half-base64.js';
import { groupBy } from '../../src/text/group-by.js';
import { driftOf, driftWarnings, type EarlierRun } from '../../src/verdict/drift.js';
import { atDistance, seededRandom, unitVector } from '../support/measurements.js';
import { runFixture } from '../support/run-fixture.js';

const BATCH = 32;
const { report } = runFixture();
const random = seededRandom(11);
const vectors = Array.from({ length: 320 }, () => unitVector(random));

/** A run whose vectors lie so far from the shared ones; 0 is the same to the bit. */
function runWith(distanceOf: (nonce: number) => number, changes: Partial<EarlierRun> = {}): EarlierRun {
  const observations = vectors.map((vector, nonce): Observation => {
    const distance = distanceOf(nonce);
    const own = distance === 0 ? vector : atDistance(vector, distance, random);
    return {
      ...{ nonce, vector_b64: encodeVector(own), l2: 0.07, cosine_distance: 0, mismatch: false, why: null },
      ...{ replica: 5001, request: null, batch: Math.floor(nonce / BATCH), latency_s: 1 },
    };
  });
  const { config, preflight, deploy, timestamp } = report;
  return { folder: 'runs/last', timestamp, config, preflight, deploy, observations, ...changes };
}

const before = runWith(() => 0);
const newVersion = { preflight: report.preflight && { ...report.preflight, version: '9.9.9' } };
/** Every k-th place of each batch but the first. */
const everyOther = (k: number) => (nonce: number) => (nonce % BATCH > 0 && nonce % k === 1 ? 0.02 : 0);

describe('driftOf', () => {
  it.each([
    ['the same vectors', runWith(() => 0), 'same'],
    ['other weights at honest distance', runWith(() => 0.08), 'drift'],
    ['the same behind a new version', runWith(() => 0.08, newVersion), 'explained'],
    ['first places of batches alone', runWith((nonce) => (nonce % BATCH === 0 ? 0.3 : 0)), 'differs'],
    ['one nonce in 16', runWith(everyOther(16)), 'differs'],
    ['one nonce in 8', runWith(everyOther(8)), 'drift'],
    ['a few nonces so far that the mean is', runWith((nonce) => (nonce % BATCH < 3 ? 1 : 0)), 'drift'],
    ['nothing to compare', { ...before, observations: [] }, 'not_comparable'],
    [
      'other nonces of another block',
      {
        ...before,
        config: { ...before.config, poc_params: { ...before.config.poc_params, block_hash: 'B' } },
      },
      'not_comparable',
    ],
    [
      'a challenge with nonces of its own',
      { ...before, config: { ...before.config, challenge: { seed: 's', n: 200, trusted_url: 'http://t' } } },
      'not_comparable',
    ],
  ] as [string, EarlierRun, string][])('%s', (_, now, outcome) => {
    const drift = driftOf(now, before, 0.077);
    expect(drift).toMatchObject({ outcome, run: 'runs/last' });
    expect(driftWarnings(drift).map(({ code, about_node }) => [code, about_node])).toEqual(
      outcome === 'drift' ? [['drift', true]] : [],
    );
  });

  it('judges by the share alone where no band is known', () => {
    const now = runWith((nonce) => (nonce % BATCH < 3 ? 1 : 0));
    expect(driftOf(now, before, null)).toMatchObject({ outcome: 'differs', differing: 30, compared: 320 });
  });

  it('takes what one of the runs does not tell for no change', () => {
    const untold = { preflight: report.preflight && { ...report.preflight, version: null } };
    expect(
      driftOf(
        runWith(() => 0.08, untold),
        before,
        0.077,
      ),
    ).toMatchObject({ outcome: 'drift', changes: [] });
  });

  it('counts what it counts, in whatever order the measurements came', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 319 })), fc.nat(), (changed, seed) => {
        const set = new Set(changed);
        const now = runWith((nonce) => (set.has(nonce) ? 0.3 : 0));
        const drift = driftOf(now, before, null);
        expect([...drift.nonces].sort()).toEqual([...changed].sort());
        expect(drift.differing).toBe(changed.length);
        expect(drift.outcome === 'same').toBe(changed.length === 0);
        const inner = changed.filter((nonce) => nonce % BATCH !== 0).length;
        expect(drift.outcome === 'drift').toBe(inner > 31);
        // Batches come in any order; what is inside of one keeps its own.
        const batches = [...groupBy(now.observations, ({ batch }) => batch).values()];
        const turn = seed % batches.length;
        const turned = [...batches.slice(turn), ...batches.slice(0, turn)].flat();
        expect(driftOf({ ...now, observations: turned }, before, null).outcome).toBe(drift.outcome);
      }),
      { numRuns: 25 },
    );
  });
});

describe('driftOf chains', () => {
  const chains = (change: (nonce: number) => number | null): EarlierRun => {
    const observations = before.observations.map(({ nonce, ...one }) => {
      const at = change(nonce);
      const k_points_steps = Array.from(
        { length: 17 },
        (_, step) => (nonce + step + (step === at ? 1 : 0)) % 16,
      );
      return { nonce, ...one, vector_b64: '', l2: null, k_points_steps };
    });
    return { ...before, observations };
  };

  it('says from which step they differ, and claims no distance', () => {
    const same = driftOf(
      chains(() => null),
      chains(() => null),
      null,
    );
    expect(same).toMatchObject({ outcome: 'same', mean_l2: null, max_l2: null });
    const other = driftOf(
      chains((nonce) => nonce % 8),
      chains(() => null),
      null,
    );
    expect(other).toMatchObject({ outcome: 'drift', differing: 320, mean_l2: null });
    expect(other.text).toContain('from step 0 to 7 on, half of them by 3.5; neither version');
    expect(other.text).not.toContain('L2');
  });
});
