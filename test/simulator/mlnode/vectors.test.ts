import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeVector, encodeVector } from '../../../src/schemes/half-base64.js';
import { drawDistance } from '../../../src/simulator/mlnode/distances.js';
import { GoldenTable } from '../../../src/simulator/mlnode/golden-table.js';
import { type Profile, type ProfileName, profiles } from '../../../src/simulator/mlnode/index.js';
import { Job } from '../../../src/simulator/mlnode/job.js';
import type { Artifact } from '../../../src/simulator/mlnode/profiles/profile.js';
import type { GenerateRequest } from '../../../src/simulator/mlnode/requests.js';
import { readShapes } from '../../../src/simulator/mlnode/shapes.js';
import { atDistance, derivedVector, type PocInputs } from '../../../src/simulator/mlnode/vectors.js';
import { l2Distance } from '../../../src/vectors/distance.js';
import { summarise } from '../../../src/vectors/summary.js';
import { golden, kimi } from './support.js';

await readShapes();
const table = new GoldenTable([kimi]);

/** The answer of a replica, computed without a server. */
function compute(profile: Profile, request: Partial<GenerateRequest>, model = kimi.file.model): Artifact[] {
  let artifacts: Artifact[] = [];
  const whole = golden(kimi.nonces, request) as GenerateRequest;
  const job = new Job(whole, { profile, golden: table, model, defaultBatchSize: 32 }, (answer) => {
    artifacts = answer['artifacts'] as Artifact[];
  });
  for (let batch = 0; batch < job.batches; batch++) job.onBatch(batch);
  job.onDone(0);
  return artifacts;
}

const nonce = fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.maxSafeNat());
const inputs: fc.Arbitrary<PocInputs> = fc.record({
  model: fc.string({ maxLength: 40 }),
  seqLen: fc.integer({ min: 1, max: 1 << 20 }),
  kDim: fc.integer({ min: 2, max: 64 }),
  blockHash: fc.string({ maxLength: 64 }),
  publicKey: fc.string({ maxLength: 64 }),
  strongerRng: fc.boolean(),
});
const request: fc.Arbitrary<Partial<GenerateRequest>> = fc.record(
  {
    block_hash: fc.string({ maxLength: 20 }),
    public_key: fc.string({ maxLength: 20 }),
    poc_stronger_rng: fc.boolean(),
    nonces: fc.array(nonce, { minLength: 1, maxLength: 50 }),
    batch_size: fc.integer({ min: 1, max: 40 }),
  },
  { requiredKeys: ['nonces'] },
);

describe('derived vectors', () => {
  it('are of unit length, survive half precision, and come out the same again', () => {
    fc.assert(
      fc.property(inputs, nonce, (of, at) => {
        const vector = derivedVector(of, at);
        expect(vector).toHaveLength(of.kDim);
        expect(Math.hypot(...vector)).toBeCloseTo(1, 12);
        expect(Math.hypot(...decodeVector(encodeVector(vector), of.kDim))).toBeCloseTo(1, 2);
        expect(derivedVector({ ...of }, at)).toEqual(vector);
      }),
    );
  });

  it('are others when any one input is another', () => {
    fc.assert(
      fc.property(inputs, inputs, nonce, nonce, (a, b, at, other) => {
        const vector = derivedVector(a, at);
        for (const key of ['model', 'seqLen', 'blockHash', 'publicKey', 'strongerRng'] as const) {
          if (a[key] !== b[key]) expect(derivedVector({ ...a, [key]: b[key] }, at)).not.toEqual(vector);
        }
        if (at !== other) expect(derivedVector(a, other)).not.toEqual(vector);
      }),
    );
  });

  it('lie as far from each other as unrelated unit vectors do', () => {
    const of: PocInputs = {
      model: 'm',
      seqLen: 1,
      kDim: 12,
      blockHash: 'b',
      publicKey: 'k',
      strongerRng: false,
    };
    const between = Array.from({ length: 4000 }, (_, at) =>
      l2Distance(derivedVector(of, at), derivedVector(of, at + 1)),
    );
    expect(Math.abs((summarise(between)?.mean as number) - 1.395)).toBeLessThan(0.01);
  });
});

describe('a vector at a distance', () => {
  it('is just there, and as long', () => {
    fc.assert(
      fc.property(
        inputs,
        nonce,
        fc.double({ min: 0, max: 2, noNaN: true }),
        fc.string(),
        (of, at, d, key) => {
          const vector = derivedVector(of, at);
          const moved = atDistance(vector, d, key);
          expect(Math.abs((l2Distance(vector, moved) as number) - d)).toBeLessThan(1e-7);
          expect(Math.hypot(...moved)).toBeCloseTo(1, 12);
        },
      ),
    );
  });

  it('has nowhere to go on a line', () => {
    expect(atDistance([1], 0.5, 'key')).toEqual(Float64Array.from([1]));
  });
});

describe('drawn distances', () => {
  const shape = { mean: 0.245, sd: 0.102 };
  const run = (key: string, start: number, count: number, of = shape) =>
    Array.from({ length: count }, (_, i) => drawDistance(of, key, start + i));

  it('have the mean, the spread, the tail and the extremes of the published pairs, over many nonces', () => {
    const summary = summarise(run('many', 0, 100_000)) as NonNullable<ReturnType<typeof summarise>>;
    expect(summary.mean).toBeCloseTo(0.245, 3);
    expect(summary.sd).toBeCloseTo(0.102, 2);
    // About 77 % lie beyond the 98th percentile of honest distances, 0.1737.
    const honest = run('honest', 0, 100_000, { mean: 0.07, sd: 0.04 });
    expect(summarise(honest)?.p98).toBeGreaterThan(0.16);
    expect(summarise(honest)?.p98).toBeLessThan(0.19);
    const beyond = run('many', 0, 100_000).filter((l2) => l2 > 0.1737).length / 100_000;
    expect(Math.abs(beyond - 0.75)).toBeLessThan(0.03);
  });

  it('have that mean and tail over any 200 nonces in a row, under any key', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat({ max: 1_000_000 }), (key, start) => {
        const drawn = run(key, start, 200);
        const beyond = drawn.filter((l2) => l2 > 0.4).length;
        expect(beyond).toBeGreaterThanOrEqual(8);
        expect(beyond).toBeLessThanOrEqual(24);
        expect(Math.abs((summarise(drawn)?.mean as number) - 0.245)).toBeLessThan(0.02);
      }),
      { numRuns: 300 },
    );
  });

  it('are numbers between 0 and 2 for every nonce', () => {
    fc.assert(
      fc.property(fc.string(), nonce, (key, at) => {
        const drawn = drawDistance({ mean: 0.5, sd: 2 }, key, at);
        expect(drawn).toBeGreaterThan(0);
        expect(drawn).toBeLessThanOrEqual(2);
      }),
    );
  });
});

describe('what a replica computes', () => {
  const onTheSphere: ProfileName[] = [
    'exact',
    'honest',
    'int4',
    'unrelated',
    'batch-sensitive',
    'lying',
    'memorised',
    'slow',
    'flaky',
  ];

  it.each(onTheSphere)('is of unit length for every request, and the same again: %s', (name) => {
    fc.assert(
      fc.property(request, (of) => {
        const artifacts = compute(profiles[name], of);
        expect(artifacts.map((artifact) => artifact.nonce)).toEqual(of.nonces);
        for (const { vector_b64 } of artifacts) {
          expect(Math.abs(Math.hypot(...decodeVector(vector_b64, 12)) - 1)).toBeLessThan(0.002);
        }
        expect(compute(profiles[name], of)).toEqual(artifacts);
      }),
      { numRuns: 30 },
    );
  });

  it('depends on nothing but the inputs of a vector', () => {
    const same = compute(profiles.honest, {});
    expect(compute(profiles.honest, { block_height: 7, node_id: 3, node_count: 9, batch_size: 7 })).toEqual(
      same,
    );
    for (const change of [
      { block_hash: 'OTHER' },
      { public_key: 'other' },
      { poc_stronger_rng: true },
      { params: { ...golden().params, seq_len: 2048 } },
    ]) {
      const changed = compute(profiles.honest, change);
      const distances = changed.map(({ vector_b64 }, row) =>
        l2Distance(decodeVector(vector_b64, 12), decodeVector(same[row]?.vector_b64 as string, 12)),
      );
      expect(Math.abs((summarise(distances)?.mean as number) - 1.39)).toBeLessThan(0.06);
    }
    const otherModel = compute(profiles.honest, {}, 'another/model');
    expect(otherModel.filter(({ vector_b64 }, row) => vector_b64 === same[row]?.vector_b64)).toEqual([]);
  });

  it('is near what an exact replica computes, for other inputs than those of a reference too', () => {
    fc.assert(
      fc.property(fc.string(), (blockHash) => {
        const exact = compute(profiles.exact, { block_hash: blockHash });
        const honest = compute(profiles.honest, { block_hash: blockHash });
        const mean = summarise(
          exact.map(({ vector_b64 }, row) =>
            l2Distance(decodeVector(vector_b64, 12), decodeVector(honest[row]?.vector_b64 as string, 12)),
          ),
        )?.mean as number;
        expect(Math.abs(mean - 0.2)).toBeLessThan(0.03);
      }),
      { numRuns: 20 },
    );
  });

  it('is a NaN for one nonce of three, served or left out', () => {
    const served = compute(profiles.nan, {});
    const broken = served.filter(({ vector_b64 }) => decodeVector(vector_b64, 12).some(Number.isNaN));
    expect(served).toHaveLength(200);
    const bad = new Set(broken.map((artifact) => artifact.nonce));
    const triples = new Set([...bad].map((at) => Math.floor(at / 3)));
    expect([bad.size, triples.size]).toEqual([67, 67]);
    const left = compute(profiles.dropping, {});
    expect(left.map((artifact) => artifact.nonce)).toEqual(kimi.nonces.filter((at) => !bad.has(at)));
    expect(left).toEqual(compute(profiles.honest, {}).filter((artifact) => !bad.has(artifact.nonce)));
  });

  it('has 16 numbers where 12 were asked for', () => {
    for (const { vector_b64 } of compute(profiles['wrong-dimension'], {})) {
      expect(() => decodeVector(vector_b64, 12)).toThrow(/32 bytes/);
      expect(decodeVector(vector_b64, 16)).toHaveLength(16);
    }
  });

  it('is golden once the bytes are swapped back', () => {
    const back = compute(profiles['swapped-bytes'], {}).map(({ vector_b64 }) =>
      Buffer.from(vector_b64, 'base64').swap16().toString('base64'),
    );
    expect(back).toEqual(kimi.artifacts.map(({ vector_b64 }) => vector_b64));
  });

  it('is steps and no vector in a decode-only build', () => {
    for (const { vector_b64, k_points_steps = [] } of compute(profiles['decode-only'], {})) {
      expect(vector_b64).toBe('');
      expect(k_points_steps.length).toBeGreaterThan(0);
      expect(k_points_steps.every((step) => Number.isInteger(step) && step >= 0 && step <= 15)).toBe(true);
    }
  });

  it('is golden out of the table only, for one that has memorised it', () => {
    expect(compute(profiles.memorised, {}).map(({ vector_b64 }) => vector_b64)).toEqual(
      kimi.artifacts.map(({ vector_b64 }) => vector_b64),
    );
    const elsewhere = { block_hash: 'CHALLENGE' };
    const exact = compute(profiles.exact, elsewhere);
    const mean = summarise(
      compute(profiles.memorised, elsewhere).map(({ vector_b64 }, row) =>
        l2Distance(decodeVector(vector_b64, 12), decodeVector(exact[row]?.vector_b64 as string, 12)),
      ),
    )?.mean;
    expect(mean).toBeGreaterThan(1.3);
  });
});
