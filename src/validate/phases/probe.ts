import { AssayError } from '../../errors.js';
import { pause } from '../../http/retry.js';
import { type Limits, timeLimit } from '../../http/time-limit.js';
import type { MlNodeClient } from '../../mlnode/client.js';
import { portsOf } from '../../mlnode/replicas.js';
import type { PoolLease } from '../../probe/pool.js';
import { probe } from '../../probe/probe.js';
import type { Observation } from '../../run/observation.js';
import type { ResolvedStatTest } from '../../run/thresholds.js';
import type { RunFolder } from '../../run/write.js';
import { schemeOf } from '../../schemes/index.js';
import { secondsSince, type ValidateContext } from '../context.js';
import type { Gathered } from '../gathered.js';
import { planOf } from '../inputs.js';
import { warnOfLeft } from './left-requests.js';
import { ReplicaShares } from './replica-shares.js';
import { selfCheck } from './self-check.js';

const REPLICA_POLL_MS = 1_000;

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
  const { options, events, reference, node, params, patience, warn } = context;
  const start = performance.now();
  const { batches, batchSize, sentBatchSize } = planOf(context);
  events.phase?.('probe');
  try {
    const late = await withinLimit(context, 'probing', async (limits) => {
      const readReplicas = replicaReader(node, limits);
      gathered.replicas = await requireReplicas(readReplicas, patience, limits.signal);
      const copies = options.coverage === 'every-replica' ? gathered.replicas.length : 1;
      const total = reference.nonces.length * copies;
      const shares = new ReplicaShares(gathered.replicas, copies > 1 ? reference.nonces.length : null);
      const tell = (observations: Observation[]) => {
        for (const { replica } of observations) shares.add(replica, 1);
        const done = gathered.observations.length;
        events.progress?.({ phase: 'probe', done, total, unit: 'nonces', parts: shares.parts() });
      };
      tell(gathered.observations);
      const { lost, strangers } = await probe({
        api: node.api,
        pool,
        params,
        nonces: reference.nonces,
        scheme: schemeOf(reference.file),
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
          folder.observed(observations);
          gathered.observations.push(...observations);
          tell(observations);
        },
        onLeft: warnOfLeft(context),
        ...limits,
      });
      if (strangers > 0)
        warn(
          `the node answered with ${strangers} vectors for nonces that were not asked for; they are ignored`,
        );
      gathered.lostReason = lost.at(-1)?.reason ?? null;
      for (const reason of new Set(lost.map((entry) => entry.reason)))
        warn(`a batch stayed unanswered: ${reason}`);
    });
    if (late !== null) {
      // The node computes all of it once more for its own check, which would run out of time, too.
      gathered.lostReason = `${late}; give it more time, or see what holds the node up`;
    } else if (options.skipSelfCheck !== true) {
      events.phase?.('self-check');
      await withinLimit(context, "the node's own check", async (limits) => {
        const readReplicas = replicaReader(node, limits);
        gathered.selfCheck = await selfCheck(
          context,
          batches,
          batchSize,
          statTest.values,
          readReplicas,
          limits,
        );
      });
    }
  } finally {
    gathered.unansweredNonces = unanswered(reference.nonces, gathered, options.coverage === 'every-replica');
    gathered.elapsedSeconds = secondsSince(start);
  }
}

/** Ports of the replicas in rotation, asked for within the limit of a step. */
function replicaReader(node: MlNodeClient, limits: Limits): () => Promise<number[]> {
  const limited = node.within(limits);
  return async () => portsOf(await limited.powStatus());
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
  context: ValidateContext,
  what: string,
  step: (limits: Limits) => Promise<void>,
): Promise<string | null> {
  const seconds = context.options.validationTimeoutSeconds ?? 900;
  const isOver = new Error(`${what} was not finished within ${seconds} s (--validation-timeout)`);
  const limit = timeLimit(context, seconds, isOver);
  try {
    await step(limit);
    return null;
  } catch (error) {
    if (error !== isOver) throw error;
    context.warn(isOver.message);
    return isOver.message;
  } finally {
    limit.clear();
  }
}

function unanswered(nonces: number[], { observations, replicas }: Gathered, everyReplica: boolean): number[] {
  const key = (nonce: number, replica: number | null) => `${nonce}/${everyReplica ? replica : ''}`;
  const seen = new Set(observations.map(({ nonce, replica }) => key(nonce, replica)));
  // Nobody told which replicas there are.
  if (everyReplica && replicas.length === 0) return nonces;
  const asked = everyReplica ? replicas : [null];
  return asked.flatMap((replica) => nonces.filter((nonce) => !seen.has(key(nonce, replica))));
}
