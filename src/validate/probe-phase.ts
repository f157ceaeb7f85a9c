import { AssayError } from '../errors.js';
import { pause } from '../http/retry.js';
import type { Observation } from '../probe/observation.js';
import { type Batch, DEFAULT_BATCH_SIZE, planBatches } from '../probe/plan.js';
import type { PoolLease } from '../probe/pool.js';
import { probe } from '../probe/probe.js';
import type { SelfCheckCounts } from '../verdict/self-check.js';
import type { ResolvedStatTest } from '../verdict/thresholds.js';
import { secondsSince, type ValidateContext } from './context.js';
import { portsOf } from './preflight.js';
import { ReplicaShares } from './replica-shares.js';
import type { RunFolder } from './run-folder.js';
import { selfCheck } from './self-check.js';
import { timeLimit } from './time-limit.js';

const REPLICA_POLL_MS = 1_000;

/** What probing has gathered, whole or not. */
export interface Gathered {
  observations: Observation[];
  /** Nonces without an answer; with coverage `every-replica` once for each replica that gave none. */
  unansweredNonces: number[];
  /** Why a batch stayed unanswered; null where none did. */
  lostReason: string | null;
  selfCheck: SelfCheckCounts | null;
  replicas: number[];
  elapsedSeconds: number;
}

/** How the nonces are split, and what batch size the requests carry. */
export function planOf({ reference, options }: Pick<ValidateContext, 'reference' | 'options'>): {
  batches: Batch[];
  batchSize: number;
  sentBatchSize: number | undefined;
} {
  const sentBatchSize = options.validationBatchSize ?? reference.file.collection_batch_size ?? undefined;
  const count = reference.nonces.length;
  const batchSize = options.probe === 'whole' ? count : (sentBatchSize ?? DEFAULT_BATCH_SIZE);
  return { batches: planBatches(count, batchSize), batchSize, sentBatchSize };
}

/**
 * Probes the node and has it check itself. What was gathered when time runs out or the user interrupts is in
 * `gathered`, and on disk.
 *
 * @param gathered filled as answers come; what is in it already is not asked for again
 */
export async function probeNode(
  context: ValidateContext,
  statTest: ResolvedStatTest,
  folder: RunFolder,
  gathered: Gathered,
  pool: PoolLease,
): Promise<void> {
  const { options, events, reference, node, params, signal, patience, warn } = context;
  const start = performance.now();
  const { batches, batchSize, sentBatchSize } = planOf(context);
  const limitSeconds = options.validationTimeoutSeconds ?? 900;
  const readReplicas = async () => portsOf(await node.powStatus());
  events.phase?.('probe');
  gathered.replicas = await requireReplicas(readReplicas, patience, signal);
  const copies = options.coverage === 'every-replica' ? gathered.replicas.length : 1;
  const total = reference.nonces.length * copies;
  const shares = new ReplicaShares(gathered.replicas, copies > 1 ? reference.nonces.length : null);
  const tell = (observations: Observation[]) => {
    for (const { replica } of observations) shares.add(replica, 1);
    const done = gathered.observations.length;
    events.progress?.({ phase: 'probe', done, total, unit: 'nonces', parts: shares.parts() });
  };
  tell(gathered.observations);
  try {
    const late = await withinLimit(limitSeconds, signal, warn, 'probing', async (limited) => {
      const { lost, strangers } = await probe({
        api: node.api,
        pool,
        params,
        nonces: reference.nonces,
        golden: reference.vectors.data,
        batches,
        batchSize,
        sentBatchSize,
        mode: options.probe ?? 'queued',
        coverage: options.coverage ?? 'spread',
        distThreshold: statTest.values.dist_threshold,
        measured: [...gathered.observations],
        readReplicas,
        patience,
        onObserved(observations) {
          gathered.observations.push(...observations);
          folder.observed(observations);
          tell(observations);
        },
        signal: limited,
      });
      if (strangers > 0)
        warn(
          `the node answered with ${strangers} vectors for nonces that were not asked for; they are ignored`,
        );
      gathered.lostReason = lost.at(-1)?.reason ?? null;
      for (const reason of new Set(lost.map((entry) => entry.reason)))
        warn(`a batch stayed unanswered: ${reason}`);
    });
    if (late !== null) gathered.lostReason = `${late}; give it more time, or see what holds the node up`;
    if (options.skipSelfCheck !== true) {
      events.phase?.('self-check');
      await withinLimit(limitSeconds, signal, warn, "the node's own check", async (limited) => {
        gathered.selfCheck = await selfCheck(
          context,
          batches,
          batchSize,
          statTest.values,
          readReplicas,
          limited,
        );
      });
    }
  } finally {
    gathered.unansweredNonces = unanswered(reference.nonces, gathered, copies > 1);
    gathered.elapsedSeconds = secondsSince(start);
    await folder.flush();
  }
}

/** Replicas drop out of rotation for seconds at a time: wait a little before giving up. */
async function requireReplicas(
  readReplicas: () => Promise<number[]>,
  patience: number,
  signal: AbortSignal,
): Promise<number[]> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const replicas = await readReplicas();
    if (replicas.length > 0) return replicas;
    await pause(patience * REPLICA_POLL_MS, signal);
  }
  throw new AssayError('the node has no replica in rotation (NO_BACKENDS)', {
    advice: 'deploy the model first, or wait until it is up',
  });
}

/**
 * Runs a step under its own time limit; an interruption ends the run.
 *
 * @returns the warning that it ran out of time, which was given already; null where it did not
 */
async function withinLimit(
  seconds: number,
  signal: AbortSignal,
  warn: (text: string) => void,
  what: string,
  step: (limited: AbortSignal) => Promise<void>,
): Promise<string | null> {
  const text = `${what} was not finished within ${seconds} s (--validation-timeout)`;
  const limit = timeLimit(signal, seconds, () => new Error(text));
  try {
    await step(limit.signal);
    return null;
  } catch (error) {
    if (signal.aborted || !limit.isOver()) throw error;
    warn(text);
    return text;
  } finally {
    limit.clear();
  }
}

function unanswered(nonces: number[], { observations, replicas }: Gathered, everyReplica: boolean): number[] {
  const key = (nonce: number, replica: number | null) => `${nonce}/${everyReplica ? replica : ''}`;
  const seen = new Set(observations.map(({ nonce, replica }) => key(nonce, replica)));
  const asked = everyReplica ? replicas : [null];
  return asked.flatMap((replica) => nonces.filter((nonce) => !seen.has(key(nonce, replica))));
}
