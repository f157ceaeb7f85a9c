import ndarray from 'ndarray';
import { type KnownDistances, knownDistances } from '../../src/models/distances.js';
import { findModel } from '../../src/models/load.js';
import type { ModelFile } from '../../src/models/model-file.js';
import type { Observation } from '../../src/run/observation.js';
import { resolveStatTest } from '../../src/run/thresholds.js';
import { decodeVector, encodeVector } from '../../src/schemes/half-base64.js';
import { cosineDistance, l2Distance } from '../../src/vectors/distance.js';
import type { GoldenVectors, JudgeInput } from '../../src/verdict/input.js';

export const K_DIM = 12;

/** Random numbers that are the same in every run: mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A vector on the unit sphere, uniformly. */
export function unitVector(random: () => number): Float32Array {
  const raw = Float32Array.from({ length: K_DIM }, () => normal(random));
  const norm = Math.hypot(...raw);
  return raw.map((value) => value / norm);
}

/** A unit vector at an L2 distance (0 … 2) from another one. */
export function atDistance(vector: Float32Array, distance: number, random: () => number): Float32Array {
  const other = unitVector(random);
  const along = dot(other, vector);
  const sideways = other.map((value, index) => value - along * (vector[index] as number));
  const norm = Math.hypot(...sideways);
  const angle = 2 * Math.asin(distance / 2);
  return vector.map(
    (value, index) => Math.cos(angle) * value + (Math.sin(angle) * (sideways[index] as number)) / norm,
  );
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] as number), 0);
}

/** A positive distance of the wanted mean and spread, skewed to the right as measured ones are. */
export function gammaDistance(mean: number, sd: number, random: () => number): number {
  // Wilson and Hilferty: the cube root of a gamma variable is nearly normal.
  const shape = (mean / sd) ** 2;
  const root = 1 - 1 / (9 * shape) + normal(random) / (3 * Math.sqrt(shape));
  return mean * Math.max(0, root) ** 3;
}

/** Golden vectors of the nonces 0 … n − 1, as a file would hold them: rounded to half precision. */
export function goldenVectors(n: number, random: () => number): GoldenVectors {
  const data = Float32Array.from(
    Array.from({ length: n }, () => [...decodeVector(encodeVector(unitVector(random)), K_DIM)]).flat(),
  );
  return { nonces: Array.from({ length: n }, (_, nonce) => nonce), vectors: ndarray(data, [n, K_DIM]) };
}

export function goldenVector({ vectors }: GoldenVectors, row: number): Float32Array {
  return vectors.data.slice(row * K_DIM, (row + 1) * K_DIM);
}

/** The observation that the probe writes for a received vector: batches of 32, replicas in turn. */
export function observe(
  golden: GoldenVectors,
  row: number,
  received: ArrayLike<number> | string,
  replicas: (number | null)[] = [5001, 5002],
): Observation {
  const batch = Math.floor(row / 32);
  const base64 = typeof received === 'string' ? received : encodeVector(received);
  const vector = decodeVector(base64, K_DIM);
  const l2 = l2Distance(vector, goldenVector(golden, row));
  return {
    nonce: golden.nonces[row] as number,
    vector_b64: base64,
    l2,
    cosine_distance: cosineDistance(vector, goldenVector(golden, row)),
    mismatch: l2 === null || l2 > 0.4,
    why: l2 === null ? 'non_finite' : l2 > 0.4 ? 'distance' : null,
    replica: replicas[batch % replicas.length] ?? null,
    request: null,
    batch,
    latency_s: 0.5,
  };
}

/** What is known of Qwen3-235B: honest nodes at 0.06 to 0.093, int4 weights at 0.24. */
export const qwenKnown = knownDistances(
  (await findModel('Qwen/Qwen3-235B-A22B-Instruct-2507-FP8'))?.file as ModelFile,
) as KnownDistances;
export const HONEST = { mean: 0.077, sd: 0.04 };
export const INT4 = { mean: 0.245, sd: 0.1 };

/** A run under the Kimi thresholds and with what is known of Qwen3-235B; `received` tells the vector of each row. */
export function judgeInput(
  golden: GoldenVectors,
  received: (row: number) => ArrayLike<number> | string,
  changes: Partial<JudgeInput> = {},
): JudgeInput {
  return {
    nonces: golden.nonces,
    observations: golden.nonces.map((_, row) => observe(golden, row, received(row))),
    unansweredNonces: [],
    coverage: 'spread',
    rotation: null,
    statTest: resolveStatTest([
      { source: 'reference', values: { dist_threshold: 0.4, p_mismatch: 0.1, fraud_threshold: 0.05 } },
    ]),
    known: qwenKnown,
    superseded: null,
    machine: null,
    selfCheck: null,
    strict: false,
    reference: golden,
    second: null,
    deployMismatch: null,
    warnings: [],
    ...changes,
  };
}
