import { coverJobs } from '../batches/cover-jobs.js';
import { everyReplicaJobs, type JobSource, spreadJobs } from '../batches/job-source.js';
import { type Batch, enoughNonces, type ProbeMode, requestsUnderWay } from '../batches/plan.js';
import type { Lost } from '../batches/repeats.js';
import { type RunBatchesOptions, runBatches } from '../batches/run-batches.js';
import { ASK_TIMEOUT_MS, LOOK_TIMEOUT_MS } from '../batches/timeouts.js';
import type { Transport } from '../batches/transport.js';
import type { GenerateBody, PocParams } from '../mlnode/answers.js';
import type { Observation } from '../run/observation.js';
import type { Coverage } from '../run/report.js';
import type { Scheme } from '../schemes/scheme.js';
import type { Measured } from './measure.js';
import { observe } from './observe.js';
import { withinOneCall } from './one-call.js';
import type { PoolLease } from './pool.js';

export interface ProbeOptions {
  /** `{base}/api/v1` of the node. */
  api: string;
  pool: PoolLease;
  params: PocParams;
  /** In the reference's order. */
  nonces: number[];
  /** How the vectors are read and compared. */
  scheme: Scheme;
  /** Golden vectors, float32, shape [nonces, numbers in a row], same order. */
  golden: Float32Array;
  batches: Batch[];
  /** Nonces of a full batch. */
  batchSize: number;
  /** Sent in the request; null leaves it to the node. */
  sentBatchSize: number | null;
  mode: ProbeMode;
  coverage: Coverage;
  /** Which batch is asked for next; default: what `coverage` says. */
  jobs?: JobSource;
  distThreshold: number;
  /** What an earlier part of the run has measured, in whole batches: they are not asked for again. */
  measured?: Observation[];
  readReplicas(): Promise<number[]>;
  /** Called with each batch when it is answered. */
  onObserved(observations: Observation[]): void;
  /**
   * Called when the signal ends probing early, with the number of requests that the node may still be working
   * on.
   */
  onLeft?(requests: number): void;
  /** Called for each failed request, with its replica. */
  onFailed?(replica: number | null, reason: string): void;
  /** When probing ends because the engine stands still; see `RunBatchesOptions`. */
  still?: RunBatchesOptions<unknown>['still'];
  /** Multiplies limits and waits; default 1, for a real network. */
  patience?: number;
  signal: AbortSignal;
  /** The deadline: a `performance.now()`. Default: none. */
  until?: number;
}

export interface ProbeOutcome {
  /** Batches that stayed unanswered. */
  lost: Lost[];
  /** Vectors in answers for nonces that were not asked for. */
  strangers: number;
}

/** Asks the node for every nonce and measures the answers. It never judges the node. */
export async function probe(options: ProbeOptions): Promise<ProbeOutcome> {
  const { batchSize, mode, readReplicas, patience = 1, signal, until } = options;
  let strangers = 0;
  const jobs = options.jobs ?? jobsOf(options);
  const lost = await runBatches<Measured>({
    phase: 'probe',
    patience,
    jobs,
    transport: workerTransport(options),
    batchSize,
    readReplicas,
    asksReturnAtOnce: mode !== 'wait',
    concurrency: (replicas, slowestMs) => requestsUnderWay(mode, replicas, slowestMs),
    onDone(done) {
      strangers += done.result.strangers;
      const { start, count } = done.batch;
      options.onObserved(
        observe(done, options.nonces.slice(start, start + count), options.scheme, options.distThreshold),
      );
    },
    ...(options.onLeft && { onLeft: options.onLeft }),
    ...(options.onFailed && { onFailed: options.onFailed }),
    ...(options.still && { still: options.still }),
    signal,
    ...(until !== undefined && { until }),
  });
  return { lost, strangers };
}

/** Which batches are asked for, on which replicas, by the coverage. */
export function jobsOf({
  batches,
  coverage,
  measured = [],
  nonces,
  mode,
}: Pick<ProbeOptions, 'batches' | 'coverage' | 'measured' | 'mode'> & {
  nonces: ArrayLike<number>;
}): JobSource {
  const done = new Set(measured.map(({ batch, replica }) => `${batch}/${replica}`));
  if (coverage === 'every-replica') {
    return everyReplicaJobs(batches, ({ index }, replica) => done.has(`${index}/${replica}`));
  }
  // In mode `wait` an answer names no replica. In mode `whole` one request has every nonce, so no more is asked.
  if (coverage === 'auto' && mode === 'queued') {
    const before = new Map(measured.map((one) => [`${one.batch}/${one.replica}`, one]));
    const known = [...before.values()].flatMap(({ batch: index, replica }) => {
      const batch = batches.find((one) => one.index === index);
      return batch === undefined ? [] : [{ batch, replica }];
    });
    return coverJobs(batches, enoughNonces(nonces.length), known);
  }
  const asked = new Set(measured.map(({ batch }) => batch));
  return spreadJobs(batches.filter(({ index }) => !asked.has(index)));
}

function workerTransport(options: ProbeOptions): Transport<Measured> {
  const { api, pool, params, nonces, scheme, sentBatchSize, mode, patience = 1 } = options;
  const golden = shared(options.golden);
  const run = (url: string, body: GenerateBody | undefined, timeoutMs: number, { start, count }: Batch) =>
    pool.run({
      url,
      ...(body && { body }),
      timeoutMs: patience * timeoutMs,
      count,
      nonces: Float64Array.from(nonces.slice(start, start + count)),
      golden,
      scheme: scheme.name,
      rowLength: options.golden.length / nonces.length,
      start,
    });
  const ask = (batch: Batch) =>
    run(
      `${api}/inference/pow/generate`,
      {
        ...params,
        nonces: nonces.slice(batch.start, batch.start + batch.count),
        wait: mode === 'wait',
        ...(sentBatchSize !== null && { batch_size: sentBatchSize }),
      },
      ASK_TIMEOUT_MS,
      batch,
    );
  return {
    ask: (batch) => (mode === 'wait' ? withinOneCall(() => ask(batch), batch, patience) : ask(batch)),
    look: (requestId, batch) =>
      run(`${api}/inference/pow/generate/${requestId}`, undefined, LOOK_TIMEOUT_MS, batch),
  };
}

function shared(values: Float32Array): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(values.byteLength);
  new Float32Array(buffer).set(values);
  return buffer;
}
