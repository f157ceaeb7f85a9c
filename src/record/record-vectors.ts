import { type Batch, planBatches } from '../batches/plan.js';
import { repeatJobs } from '../batches/repeat-jobs.js';
import type { Lost } from '../batches/repeats.js';
import type { WeightGuard } from '../chain/weight-measured.js';
import { whileUnmeasured } from '../chain/while-unmeasured.js';
import { AssayError } from '../errors.js';
import { pause } from '../http/retry.js';
import { type TimeLimits, timeLimit } from '../http/time-limit.js';
import type { PocParams } from '../mlnode/answers.js';
import type { MlNodeClient } from '../mlnode/client.js';
import { isGenerating, portsOf } from '../mlnode/replicas.js';
import { namedIfUnknownScheme } from '../mlnode/unknown-scheme.js';
import { leasePool } from '../probe/pool.js';
import { probe } from '../probe/probe.js';
import type { Observation } from '../run/observation.js';
import { schemeOf } from '../schemes/index.js';
import { prefill } from '../schemes/prefill.js';
import type { Kept, Scheme, VectorForm } from '../schemes/scheme.js';
import { counted } from '../text/figures.js';

export interface RecordRequest {
  node: MlNodeClient;
  params: PocParams;
  /** Says which scheme the vectors are of. */
  form: VectorForm;
  /** In the order in which they are computed. */
  nonces: number[];
  /** Nonces per batch: sent with each request, and used to split the nonces. */
  batchSize: number;
  /** Vectors that exist already, by nonce. A batch with only such nonces is not asked for again. */
  known: ReadonlyMap<number, Kept>;
  timeoutSeconds: number;
  /** Asked before the first batch and at the end of each; undefined: no network node is known. */
  weightGuard?: WeightGuard | undefined;
  /** Multiplies waits and limits of single requests; default 1, for a real network. */
  patience?: number;
  signal: AbortSignal;
  /**
   * Ports of the replicas that have computed a nonce in earlier runs: now another replica must compute it.
   */
  computedBy?: ReadonlyMap<number, ReadonlySet<number>>;
  /** Called with each batch when it arrives, and the port of the replica where the node gives it. */
  onBatch(vectors: [nonce: number, vector: Kept][], replica: number | null): Promise<void> | void;
  /** Called for each request that the node has put into a queue. */
  onRequest?(requestId: string): void;
}

/**
 * Asks a node to compute vectors, over all its replicas, with the same code that validates it.
 *
 * @returns the vectors by nonce, including those that were known
 * @throws AssayError when the node is busy, leaves nonces out, or answers with something that is not a vector
 */
export async function recordVectors(request: RecordRequest): Promise<Map<number, Kept>> {
  const { node, nonces, batchSize, known, timeoutSeconds, signal } = request;
  const vectors = new Map(known);
  const batches = planBatches(nonces.length, batchSize).filter(({ start, count }) =>
    nonces.slice(start, start + count).some((nonce) => !known.has(nonce)),
  );
  if (batches.length === 0) return vectors;

  await requireIdleReplicas(node, signal);
  const isOver = new Error('the time for recording is over');
  const limit = timeLimit({ signal }, timeoutSeconds, isOver);
  try {
    const lost = await whileUnmeasured(request.weightGuard, limit, {
      what: 'recording of vectors',
      takesMs: 0,
      run: (limits, onBatch) =>
        askFor(batches, request, limits, (rows, latencyMs) => {
          for (const [nonce, vector] of rows) vectors.set(nonce, vector);
          onBatch(latencyMs);
        }),
    });
    const missing = nonces.filter((nonce) => !vectors.has(nonce));
    if (missing.length === 0) return vectors;
    throw new AssayError(
      `${counted(missing.length, 'nonce')} stayed without an answer (${listNonces(missing)}): ${lost[0]?.reason ?? 'no reason given'}`,
      { advice: 'check the node, and continue with --resume' },
    );
  } catch (error) {
    if (error !== isOver) throw namedIfUnknownScheme(error);
    const missing = nonces.length - vectors.size;
    throw new AssayError(
      `no vector of ${counted(missing, 'nonce')} was recorded within ${timeoutSeconds} s`,
      {
        advice: 'go on with --resume, and give more time with --timeout',
      },
    );
  } finally {
    limit.clear();
  }
}

/**
 * Asks for the batches, and waits until the received vectors are stored.
 *
 * @param onVectors called with each batch when it arrives
 * @returns the batches that stayed unanswered
 */
async function askFor(
  batches: Batch[],
  { node, params, form, nonces, batchSize, patience = 1, computedBy, onBatch, onRequest }: RecordRequest,
  limit: TimeLimits,
  onVectors: (rows: [nonce: number, vector: Kept][], latencyMs: number) => void,
): Promise<Lost[]> {
  const scheme = schemeOf(form);
  const pool = leasePool({ nonces: nonces.length });
  const broken: Observation[] = [];
  let written: Promise<unknown> = Promise.resolve();
  try {
    const { lost } = await probe({
      api: node.api,
      pool,
      params,
      nonces,
      // There is no reference to measure against: the distance to zero is a vector's length.
      scheme,
      golden: new Float32Array(nonces.length * scheme.rowLength(form)),
      distThreshold: Number.POSITIVE_INFINITY,
      batches,
      batchSize,
      patience,
      sentBatchSize: batchSize,
      mode: 'queued',
      coverage: 'spread',
      ...(computedBy && {
        jobs: repeatJobs(batches, ({ start }) => computedBy.get(nonces[start] as number) ?? new Set()),
      }),
      readReplicas: async () => portsOf(await node.within(limit).powStatus()),
      onObserved(observations) {
        const rows = observations.filter(({ why }) => why === null).map(rowOf);
        for (const one of observations) if (one.why !== null) broken.push(one);
        const requestId = observations[0]?.request;
        if (requestId != null) onRequest?.(requestId);
        onVectors(rows, 1000 * (observations[0]?.latency_s ?? 0));
        written = written.then(() => onBatch(rows, observations[0]?.replica ?? null));
        // Its failure is reported below. Until then it must not count as unhandled.
        written.catch(() => {});
      },
      signal: limit.signal,
      until: limit.until,
    });
    refuseBroken(broken, scheme);
    return lost;
  } finally {
    await pool.release();
    await written;
  }
}

function rowOf({ nonce, vector_b64, k_points_steps }: Observation): [nonce: number, vector: Kept] {
  return [nonce, k_points_steps ?? (vector_b64 as string)];
}

async function requireIdleReplicas(node: MlNodeClient, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const pow = await node.powStatus();
    if ((pow.backends ?? []).some(isGenerating)) {
      throw new AssayError('a PoC generation runs on the node; assay changed nothing', {
        advice: 'record when it has ended: a replica computes nothing else during PoC',
      });
    }
    if (portsOf(pow).length > 0) return;
    await pause(1_000, signal);
  }
  throw new AssayError('the node has no replica in rotation (NO_BACKENDS)', {
    advice: 'deploy the model first, or wait until it is up',
  });
}

/** If an answer is not a vector or is left out, the node cannot be a source of references. */
function refuseBroken(broken: Observation[], scheme: Scheme): void {
  if (broken.length === 0) return;
  const nonces = listNonces(broken.map(({ nonce }) => nonce));
  const other = broken.find((one) => isOfOtherScheme(one, scheme));
  if (other !== undefined) {
    const isPrefill = scheme.name === prefill.name;
    throw new AssayError(
      isPrefill
        ? `the node knows the decode scheme only: it gave chains in place of vectors for ${counted(broken.length, 'nonce')} (nonce ${nonces})`
        : `the node does not know the decode scheme: it gave vectors in place of chains for ${counted(broken.length, 'nonce')} (nonce ${nonces})`,
      {
        advice: isPrefill
          ? 'ask it for chains, or take another build'
          : 'ask it for vectors, or take a build that decodes',
      },
    );
  }
  const reasons = [...new Set(broken.map(({ why }) => why))].join(', ');
  throw new AssayError(
    `the node cannot be used as a reference: it gave no vector for ${counted(broken.length, 'nonce')} (${reasons}; nonce ${nonces})`,
    { advice: 'validate the node, and record from one that answers completely' },
  );
}

/** An empty vector with a chain, or a vector where a chain was asked for. */
function isOfOtherScheme({ why, vector_b64 }: Observation, scheme: Scheme): boolean {
  if (why !== 'undecodable' || vector_b64 === null) return false;
  return scheme.name === prefill.name ? vector_b64 === '' : vector_b64 !== '';
}

export function listNonces(nonces: number[]): string {
  return nonces.slice(0, 8).join(', ') + (nonces.length > 8 ? ', …' : '');
}
