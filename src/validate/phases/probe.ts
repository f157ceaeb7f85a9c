import { EngineStandsStill } from '../../batches/still-watch.js';
import { whileUnmeasured } from '../../chain/while-unmeasured.js';
import { AssayError } from '../../errors.js';
import { pause } from '../../http/retry.js';
import type { TimeLimits } from '../../http/time-limit.js';
import { namedIfUnknownScheme } from '../../mlnode/unknown-scheme.js';
import type { PoolLease } from '../../probe/pool.js';
import { type ProbeOutcome, probe } from '../../probe/probe.js';
import type { Observation } from '../../run/observation.js';
import { schemeOf } from '../../schemes/index.js';
import { counted } from '../../text/figures.js';
import { isTestRequired } from '../../verdict/replicas-tested.js';
import type { RunContext } from '../context.js';
import type { Observed } from '../observed.js';
import { requestOf } from '../start-run.js';
import { warnOfLeft } from './left-requests.js';
import { endsRun, type Found, type Phase } from './phase.js';
import { ReplicaShares } from './replica-shares.js';
import { replicaReader, withinLimit } from './step-limit.js';
import { stillLimit } from './still-limit.js';
import { stillWarning } from './still-warning.js';

const REPLICA_POLL_MS = 1_000;
/**
 * After a model went down, replicas are in ERROR for some seconds. At times they are out of rotation for as
 * long.
 */
const REPLICA_LOOKS = 12;

/** Asks the node for the vectors, and measures them. */
export const probePhase: Phase = {
  name: 'probe',
  isWanted: ({ skipsProbe }) => !skipsProbe,
  run: probeNode,
  consequence: endsRun,
};

/** What a probe has seen so far: filled as answers and polls arrive, read when it ends for any reason. */
interface Seen {
  observations: Observation[];
  /** Nonces that were answered by some replica. */
  answered: Set<number>;
  /** Ports that the node listed as in rotation in any poll. */
  ports: Set<number>;
  /** Failed requests, by replica, with the last reason. */
  failed: Map<number, { count: number; reason: string }>;
}

/**
 * When time runs out, the user interrupts, the engine stands still or the node fails, the measurements until
 * then are still returned and are on disk.
 *
 * @param before the results of earlier phases and of an earlier part of the run: those nonces are not asked
 *   for again
 */
export async function probeNode(context: RunContext, before: Observed): Promise<Found> {
  const { inputs, node, patience, warn } = context;
  const seen: Seen = {
    observations: [...before.observations],
    answered: new Set(before.observations.map(({ nonce }) => nonce)),
    ports: new Set(listedBefore(before)),
    failed: new Map(),
  };
  let lostReason: string | null = null;
  const found = (more: { isProbeLate?: boolean; failure?: unknown }): Found => {
    const { isProbeLate = false, ...failed } = more;
    warnOfFailing(seen, warn);
    return { observed: { ...observedOf(inputs, seen, before), lostReason, isProbeLate }, ...failed };
  };
  try {
    const { late } = await withinLimit(context, 'probing', async (limits) => {
      const readReplicas = readerInto(seen, replicaReader(node, limits));
      const replicas = await requireReplicas(readReplicas, patience, limits.signal);
      const tell = tellerOf(context, replicas);
      tell(seen.observations, seen.observations.length);
      const run = (within: TimeLimits, onBatch: (latencyMs: number) => void) =>
        askFor(context, before, seen, readReplicas, within, (measured, done) => {
          tell(measured, done);
          onBatch(Math.max(0, ...measured.map(({ latency_s }) => 1000 * latency_s)));
        });
      const step = { what: 'probe', ...roomFor(context, before, replicas.length), run };
      const { lost, strangers } = await whileUnmeasured(context.options.weightGuard, limits, step);
      if (strangers > 0)
        warn(
          `the node answered with ${counted(strangers, 'vector')} for nonces that were not asked for; they are ignored`,
        );
      lostReason = lost.at(-1)?.reason ?? null;
      warnOfGone(await goneReplicas(readReplicas, seen.ports, patience, limits.signal), warn);
      for (const reason of new Set(lost.map((entry) => entry.reason)))
        warn(`a batch was not answered: ${reason}`);
    });
    if (late === null) return found({});
    lostReason = `${late}; give it more time, or find out why the node is slow`;
    return found({ isProbeLate: true });
  } catch (failure) {
    if (!(failure instanceof EngineStandsStill)) return found({ failure: namedIfUnknownScheme(failure) });
    warn(stillWarning(failure));
    lostReason = failure.message;
    return found({ isProbeLate: true });
  }
}

/** Nonces per second of the slowest replica on record, where throughput was not measured. */
const SLOWEST_RATE = 27;
/** For what the estimate does not include: waiting for a replica, and batches that are asked for again. */
const SPARE_BLOCKS = 10;

/** The blocks that probing and the node's own check need before the next PoC. */
function roomFor(
  { inputs, options }: RunContext,
  { observations, phases }: Observed,
  replicas: number,
): { takesMs: number; marginBlocks: number | undefined; spareBlocks: number } {
  const copies = inputs.coverage === 'every-replica' ? replicas : 1;
  const checked = options.skipSelfCheck === true ? 0 : replicas * inputs.plan.batchSize;
  const nonces = Math.max(0, inputs.nonces.length * copies - observations.length) + checked;
  const rate = phases.throughput?.summary.mean || replicas * SLOWEST_RATE;
  const takesMs = (1000 * nonces) / rate;
  return { takesMs, marginBlocks: options.pocMarginBlocks, spareBlocks: SPARE_BLOCKS };
}

/** A start of ours makes new replicas: the earlier ones no longer exist. */
function listedBefore({ phases: { preflight, deploy, throughput } }: Observed): number[] {
  const first = deploy?.action === 'started' ? [] : (preflight?.replicas ?? []);
  return [...first, ...(throughput?.summary.replicas.map(({ port }) => port) ?? [])];
}

function observedOf(inputs: RunContext['inputs'], seen: Seen, before: Observed): Partial<Observed> {
  const ports = [...seen.ports].sort((a, b) => a - b);
  return {
    request: requestOf(inputs, ports.length),
    observations: seen.observations,
    unansweredNonces: unanswered(inputs, seen.observations, ports),
    rotation: {
      expected: before.promised,
      ports,
      fullBatch: inputs.plan.batches[0]?.count ?? null,
      isRequired: isTestRequired(inputs.coverage, inputs.options.probe ?? 'queued'),
    },
  };
}

function readerInto(seen: Seen, read: () => Promise<number[]>): () => Promise<number[]> {
  return async () => {
    const replicas = await read();
    for (const port of replicas) seen.ports.add(port);
    return replicas;
  };
}

function askFor(
  context: RunContext,
  before: Observed,
  seen: Seen,
  readReplicas: () => Promise<number[]>,
  limits: TimeLimits,
  tell: (measured: Observation[], done: number) => void,
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
    measured: before.observations,
    readReplicas,
    patience,
    onObserved(measured) {
      const observations = inputs.coverage === 'auto' ? asFurther(measured, seen.answered) : measured;
      folder.observed(observations);
      for (const one of observations) seen.observations.push(one);
      tell(observations, seen.observations.length);
    },
    onFailed(replica, reason) {
      if (replica === null) return;
      seen.failed.set(replica, { count: (seen.failed.get(replica)?.count ?? 0) + 1, reason });
    },
    still: stillLimit(node.within(limits), before.phases.throughput, inputs.plan.batchSize, patience),
    onLeft: warnOfLeft(context),
    ...limits,
  });
}

/** Answers for nonces that another replica answered before count only for their own replica. */
function asFurther(measured: Observation[], answered: Set<number>): Observation[] {
  return measured.map((observation) => {
    if (answered.has(observation.nonce)) return { ...observation, further: true };
    answered.add(observation.nonce);
    return observation;
  });
}

/** A smaller number is normal after a restart, or for a node that loses requests. */
const MANY_FAILED = 3;

/** A nonce that one replica lost and another one then computed must still be reported. */
function warnOfFailing({ failed, observations }: Seen, warn: RunContext['warn']): void {
  for (const [port, { count, reason }] of failed) {
    const answers = observations.some(({ replica }) => replica === port);
    if (answers && count < MANY_FAILED) continue;
    warn({
      code: 'replica_error',
      text: `replica ${port} failed ${counted(count, 'request')}${answers ? '' : ' and answered none'}: ${reason}`,
      about_node: true,
      advice: `look into the log of replica ${port}`,
    });
  }
}

/**
 * Replicas that were in rotation and are not at the end of the probe. One that missed a health probe is back
 * within seconds, so it is waited for.
 */
async function goneReplicas(
  readReplicas: () => Promise<number[]>,
  ports: ReadonlySet<number>,
  patience: number,
  signal: AbortSignal,
): Promise<number[]> {
  let gone: number[] = [];
  for (let look = 0; look < REPLICA_LOOKS && !signal.aborted; look++) {
    try {
      if (look > 0) await pause(patience * REPLICA_POLL_MS, signal);
      const listed = await readReplicas();
      gone = [...ports].filter((port) => !listed.includes(port)).sort((a, b) => a - b);
    } catch {
      // The probe itself is over: what the node did not answer now does not change it.
      return gone;
    }
    if (gone.length === 0) return [];
  }
  return gone;
}

function warnOfGone(gone: number[], warn: RunContext['warn']): void {
  for (const port of gone) {
    warn({
      code: 'replica_left',
      text: `replica ${port} left the rotation during the probe and did not come back: it earns nothing`,
      about_node: true,
      advice: `look into the log of replica ${port}, and restart it`,
    });
  }
}

/** Reports each batch as progress. */
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
  for (let attempt = 0; attempt < REPLICA_LOOKS; attempt++) {
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
  // The list of replicas is not known.
  if (everyReplica && replicas.length === 0) return nonces;
  const asked = everyReplica ? replicas : [null];
  return asked.flatMap((replica) => nonces.filter((nonce) => !seen.has(key(nonce, replica))));
}
