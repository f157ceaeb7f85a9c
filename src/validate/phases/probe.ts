import { AssayError } from '../../errors.js';
import { pause } from '../../http/retry.js';
import type { PoolLease } from '../../probe/pool.js';
import { type ProbeOutcome, probe } from '../../probe/probe.js';
import type { Observation } from '../../run/observation.js';
import { schemeOf } from '../../schemes/index.js';
import type { RunContext } from '../context.js';
import { requestOf } from '../start-run.js';
import { warnOfLeft } from './left-requests.js';
import { endsRun, type Found, type Phase } from './phase.js';
import { ReplicaShares } from './replica-shares.js';
import { replicaReader, withinLimit } from './step-limit.js';

const REPLICA_POLL_MS = 1_000;

/** Asks the node for the vectors, and measures them. */
export const probePhase: Phase = {
  name: 'probe',
  isWanted: ({ skipsProbe }) => !skipsProbe,
  run: (context, { observations }) => probeNode(context, observations),
  consequence: endsRun,
};

/**
 * What was measured when time runs out, the user interrupts or the node fails is returned all the same, and on
 * disk.
 *
 * @param before measurements of an earlier part of the run, which are not asked for again
 */
export async function probeNode(context: RunContext, before: Observation[]): Promise<Found> {
  const { inputs, node, patience, warn } = context;
  const observations = [...before];
  let replicas: number[] = [];
  let lostReason: string | null = null;
  const found = (more: { isProbeLate?: boolean; failure?: unknown }): Found => {
    const { isProbeLate = false, ...failed } = more;
    const unansweredNonces = unanswered(inputs, observations, replicas);
    const request = requestOf(inputs, replicas.length);
    return { observed: { request, observations, unansweredNonces, lostReason, isProbeLate }, ...failed };
  };
  try {
    const { late } = await withinLimit(context, 'probing', async (limits) => {
      const readReplicas = replicaReader(node, limits);
      replicas = await requireReplicas(readReplicas, patience, limits.signal);
      const tell = tellerOf(context, replicas);
      tell(observations, observations.length);
      const { lost, strangers } = await askFor(context, before, readReplicas, limits, (measured) => {
        observations.push(...measured);
        tell(measured, observations.length);
      });
      if (strangers > 0)
        warn(
          `the node answered with ${strangers} vectors for nonces that were not asked for; they are ignored`,
        );
      lostReason = lost.at(-1)?.reason ?? null;
      for (const reason of new Set(lost.map((entry) => entry.reason)))
        warn(`a batch stayed unanswered: ${reason}`);
    });
    if (late === null) return found({});
    lostReason = `${late}; give it more time, or see what holds the node up`;
    return found({ isProbeLate: true });
  } catch (failure) {
    return found({ failure });
  }
}

function askFor(
  context: RunContext,
  measured: Observation[],
  readReplicas: () => Promise<number[]>,
  limits: { signal: AbortSignal; until: number },
  onObserved: (observations: Observation[]) => void,
): Promise<ProbeOutcome> {
  const { options, reference, node, params, patience, inputs, folder, pool } = context;
  return probe({
    api: node.api,
    pool: pool as PoolLease,
    params,
    nonces: reference.nonces,
    scheme: schemeOf(reference.file),
    golden: reference.vectors.data,
    ...inputs.plan,
    mode: options.probe ?? 'queued',
    coverage: inputs.coverage,
    distThreshold: inputs.config.stat_test.values.dist_threshold,
    measured,
    readReplicas,
    patience,
    onObserved(observations) {
      folder.observed(observations);
      onObserved(observations);
    },
    onLeft: warnOfLeft(context),
    ...limits,
  });
}

/** Tells of each batch as progress. */
function tellerOf({ events, inputs }: RunContext, replicas: number[]) {
  const count = inputs.nonces.length;
  const copies = inputs.coverage === 'every-replica' ? replicas.length : 1;
  const shares = new ReplicaShares(replicas, copies > 1 ? count : null);
  return (measured: Observation[], done: number): void => {
    for (const { replica } of measured) shares.add(replica, 1);
    const parts = shares.parts();
    events.progress?.({ phase: 'probe', done, total: count * copies, unit: 'nonces', parts });
  };
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

function unanswered(
  { nonces, coverage }: RunContext['inputs'],
  observations: Observation[],
  replicas: number[],
): number[] {
  const everyReplica = coverage === 'every-replica';
  const key = (nonce: number, replica: number | null) => `${nonce}/${everyReplica ? replica : ''}`;
  const seen = new Set(observations.map(({ nonce, replica }) => key(nonce, replica)));
  // Nobody told which replicas there are.
  if (everyReplica && replicas.length === 0) return nonces;
  const asked = everyReplica ? replicas : [null];
  return asked.flatMap((replica) => nonces.filter((nonce) => !seen.has(key(nonce, replica))));
}
