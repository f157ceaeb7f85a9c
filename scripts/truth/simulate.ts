import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { type KnownDistances, knownDistances } from '../../src/models/distances.js';
import type { ModelFile } from '../../src/models/model-file.js';
import { resolveStatTest } from '../../src/run/thresholds.js';
import { judge } from '../../src/verdict/judge.js';
import { type firstFailingCount, power } from '../../src/verdict/stat-test.js';
import { observationOf } from './judge-pair.js';

/** Nonces of a simulated run. */
const NONCES = 200;
/** A unit vector of 12 numbers: only its distance matters here. */
const VECTOR = Buffer.from(
  Uint16Array.from({ length: 12 }, (_, i) => (i === 0 ? 0x3c00 : 0)).buffer,
).toString('base64');

/** What honest runs of a model came to. */
export interface SimulatedRuns {
  model: string;
  replicas: number;
  runs: number;
  /** Mean and standard deviation of the distances that were drawn. */
  mean: number;
  sd: number;
  /** Share of nonces beyond the threshold. */
  beyond: number;
  /** Runs that distribution, diagnosis or heads called anything but honest. */
  alarms: number;
  /** Runs that the official test failed, and how many it should by the binomial distribution. */
  failed: number;
  expectedFailed: number;
}

/**
 * Judges honest runs: distances from a log-normal distribution with the mean and the spread of the farthest
 * honest pair that was measured, spread evenly over replicas.
 *
 * @returns null for a model whose honest distances or thresholds are not known
 */
export function simulateHonest(
  file: ModelFile,
  replicas: number,
  runs: number,
  seed: number,
): SimulatedRuns | null {
  const known = knownDistances(file);
  if (known === null || file.stat_test === undefined) return null;
  const { mean, sd } = farthestPair(file, known);
  const statTest = resolveStatTest([{ source: 'model file', values: file.stat_test }]);
  const params = { pMismatch: statTest.values.p_mismatch, fraudThreshold: statTest.values.fraud_threshold };
  const draw = logNormal(mean, sd, seed);
  const [nonces, each] = [Array.from({ length: NONCES }, (_, nonce) => nonce), NONCES / replicas];
  let [alarms, failed, beyond] = [0, 0, 0];
  for (let run = 0; run < runs; run++) {
    const observations = nonces.map((nonce) => {
      const replica = Math.floor(nonce / each);
      return { ...observationOf({ nonce, l2: draw() }, nonce, VECTOR, 5001 + replica), batch: replica };
    });
    const { verdict, warnings, validation } = judge({
      nonces,
      observations,
      unansweredNonces: [],
      coverage: 'spread',
      rotation: null,
      statTest,
      known,
      superseded: null,
      machine: null,
      selfCheck: null,
      strict: false,
      reference: null,
      second: null,
      deployMismatch: null,
      warnings: [],
    });
    const official = verdict === 'FAIL';
    if (official) failed++;
    beyond += validation.response.n_mismatch;
    const accused = validation.diagnosis.some(
      ({ code }) => code !== 'honest_cross_hardware' && !(official && code === 'one_bad_replica'),
    );
    if (accused || warnings.some(({ about_node }) => about_node)) alarms++;
  }
  const rate = beyond / (runs * NONCES);
  return {
    model: file.model,
    replicas,
    runs,
    mean,
    sd,
    beyond: rate,
    alarms,
    failed,
    expectedFailed: runs * failingChance(replicas, params, rate),
  };
}

/** The pair with the highest mean of those whose spread was measured; the band where none was. */
function farthestPair({ honest }: ModelFile, { band }: KnownDistances): { mean: number; sd: number } {
  const [farthest] = honest
    .filter(({ n, sd }) => n !== undefined && sd !== undefined)
    .sort((a, b) => b.mean - a.mean);
  return farthest === undefined
    ? { mean: band.high, sd: band.sd }
    : { mean: farthest.mean, sd: farthest.sd as number };
}

/** The chance that the overall test or that of a replica fails, as if they were independent. */
function failingChance(
  replicas: number,
  params: Parameters<typeof firstFailingCount>[1],
  rate: number,
): number {
  const shared = { ...params, fraudThreshold: params.fraudThreshold / replicas };
  const passes =
    (1 - power(NONCES, params, rate)) *
    (1 - power(NONCES / replicas, shared, rate)) ** (replicas > 1 ? replicas : 0);
  return 1 - passes;
}

function logNormal(mean: number, sd: number, seed: number): () => number {
  const random = xoroshiro128plus(seed);
  const variance = Math.log(1 + (sd / mean) ** 2);
  const location = Math.log(mean) - variance / 2;
  return () => {
    const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(random)));
    const normal = radius * Math.cos(2 * Math.PI * uniformFloat64(random));
    return Math.min(2, Math.exp(location + Math.sqrt(variance) * normal));
  };
}
