import { planBatches } from '../batches/plan.js';
import { AssayError } from '../errors.js';
import { largest } from '../extremes.js';
import type { PocParams } from '../mlnode/answers.js';
import type { MlNodeClient } from '../mlnode/client.js';
import { portsOf } from '../mlnode/replicas.js';
import { probe } from '../probe/probe.js';
import { schemeOf } from '../schemes/index.js';
import { counted } from '../text/figures.js';
import { l2Distance } from '../vectors/distance.js';
import { type OutsideBand, outsideBand } from '../verdict/distribution.js';
import { statTest } from '../verdict/stat-test.js';
import type { AcceptInputs, Tester } from './check.js';

/** Nonces per request. */
const REQUEST_NONCES = 32;

/** One vector as it was received. */
export interface Vector {
  nonce: number;
  /** Port; null if the node does not report it. */
  replica: number | null;
  /** null: the answer did not include it. */
  text: string | null;
}

export interface VectorRequest {
  nonces: number[];
  /** Sent as `batch_size`; null leaves it to the node. */
  batchSize: number | null;
  coverage: 'every-replica' | 'spread';
  /** Used instead of the reference's. */
  params?: PocParams;
  /** A node other than the tested one. */
  node?: MlNodeClient;
}

/**
 * Lets the node compute vectors, with the same code as a validation.
 *
 * @throws AssayError when a nonce has no answer
 */
export async function askVectors(tester: Tester, request: VectorRequest): Promise<Vector[]> {
  const { reference, pool, patience, signal, until, inputs } = tester;
  const { nonces, batchSize, coverage, params = inputs.params, node = tester.node } = request;
  const scheme = schemeOf(reference.file);
  const found: Vector[] = [];
  const { lost } = await probe({
    api: node.api,
    pool,
    params,
    nonces,
    scheme,
    // There is nothing to measure against yet: the vectors are compared later.
    golden: new Float32Array(nonces.length * scheme.rowLength(reference.file)),
    distThreshold: Number.POSITIVE_INFINITY,
    batches: planBatches(nonces.length, Math.max(REQUEST_NONCES, batchSize ?? 0)),
    batchSize: batchSize ?? REQUEST_NONCES,
    sentBatchSize: batchSize,
    mode: 'queued',
    coverage,
    readReplicas: async () => portsOf(await node.powStatus()),
    onObserved(observations) {
      for (const { nonce, replica, vector_b64, k_points_steps } of observations)
        found.push({ nonce, replica, text: k_points_steps?.join() ?? vector_b64 });
    },
    patience,
    signal,
    until,
  });
  const first = lost[0];
  if (first !== undefined) throw new AssayError(`a batch was not answered: ${first.reason}`);
  return found;
}

/** The first nonces of the reference, in the reference's order. */
export function someNonces({ reference }: AcceptInputs, count: number): number[] {
  return reference.nonces.slice(0, count);
}

/** The differences between two answers to the same nonces. */
export interface Apart {
  nonces: number;
  /** Number of vectors that are not bit-equal. */
  unequal: number;
  /** Number of nonces above the threshold, or without a vector in one of the answers. */
  beyond: number;
  meanL2: number;
  maxL2: number;
  /** Positions in their batch of the nonces above the threshold, each once, ascending. */
  places: number[];
  pValue: number;
  fraudDetected: boolean;
  /** Distances outside the honest band of the model; null: none, or no band is known. */
  outside: OutsideBand | null;
}

/**
 * Compares two answers, nonce by nonce.
 *
 * @param a and b: each nonce once
 * @param batchSize size of the batches, for the positions; batches are in the order of `a`
 */
export function apart(
  a: ReadonlyMap<number, string | null>,
  b: ReadonlyMap<number, string | null>,
  { reference, statTest: test, known }: Pick<AcceptInputs, 'reference' | 'statTest' | 'known'>,
  batchSize = REQUEST_NONCES,
): Apart {
  const distances: number[] = [];
  const places = new Set<number>();
  let unequal = 0;
  let beyond = 0;
  let place = 0;
  for (const [nonce, text] of a) {
    const other = b.get(nonce) ?? null;
    const l2 = text === null || other === null ? null : distance(text, other, reference);
    if (text !== other || text === null) unequal++;
    if (l2 !== null) distances.push(l2);
    if (l2 === null || l2 > test.dist_threshold) {
      beyond++;
      places.add(place % batchSize);
    }
    place++;
  }
  const { pValue, fraudDetected } = statTest({
    nTotal: a.size,
    nMismatch: beyond,
    pMismatch: test.p_mismatch,
    fraudThreshold: test.fraud_threshold,
  });
  return {
    nonces: a.size,
    unequal,
    beyond,
    meanL2: distances.length === 0 ? 0 : distances.reduce((sum, l2) => sum + l2, 0) / distances.length,
    maxL2: Math.max(0, largest(distances)),
    places: [...places].sort((one, two) => one - two),
    pValue,
    fraudDetected,
    outside: known === null ? null : outsideBand(distances, known),
  };
}

/** A chain has no distance: two chains are equal or not. */
function distance(a: string, b: string, { file }: AcceptInputs['reference']): number | null {
  const scheme = schemeOf(file);
  if (a === b) return 0;
  if (scheme.judgedBy === 'engine') return null;
  const length = scheme.rowLength(file);
  const [one, two] = [a, b].map((text) => {
    const row = new Float32Array(length);
    const { finding } = scheme.read({ nonce: 0, vector_b64: text }, row, 0, length);
    return finding === 'vector' ? row : null;
  });
  return one == null || two == null ? null : l2Distance(one, two);
}

/** The vectors of each replica, by nonce, in the order of the request; null: the replicas are not known. */
export function byReplica(
  vectors: readonly Vector[],
  nonces: readonly number[],
): Map<number | null, Map<number, string | null>> {
  const found = new Map<number | null, Map<number, string | null>>();
  for (const port of new Set(vectors.map(({ replica }) => replica))) {
    const own = new Map(vectors.flatMap((one) => (one.replica === port ? [[one.nonce, one.text]] : [])));
    found.set(port, new Map(nonces.map((nonce) => [nonce, own.get(nonce) ?? null])));
  }
  return new Map([...found].sort(([a], [b]) => (a ?? 0) - (b ?? 0)));
}

/** `bit-equal over 64 nonces`, or their differences. */
export function apartText({ nonces, unequal, beyond, meanL2, maxL2, places }: Apart): string {
  if (unequal === 0) return `bit-equal over ${counted(nonces, 'nonce')}`;
  const at = `${places.slice(0, 6).join(', ')}${places.length > 6 ? ', …' : ''}`;
  const far =
    beyond === 0 ? 'none above the threshold' : `${beyond} above the threshold, at place ${at} of the batch`;
  return `${unequal} of ${nonces} nonces differ, L2 ${meanL2.toFixed(4)} on average and ${maxL2.toFixed(4)} at most, ${far}`;
}
