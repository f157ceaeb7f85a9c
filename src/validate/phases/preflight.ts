import { consequenceOf } from '../../batches/consequences.js';
import { requireUnmeasured } from '../../chain/weight-measured.js';
import { AssayError } from '../../errors.js';
import { recordedOn } from '../../golden/recorded-on.js';
import { clip } from '../../http/detail.js';
import { HttpFault } from '../../http/fault.js';
import { pause } from '../../http/retry.js';
import type { Owner } from '../../journal/owner.js';
import type { NodeState, PowStatus, Replica } from '../../mlnode/answers.js';
import { lostGpus, usableGpus } from '../../mlnode/gpus.js';
import { misnamedText } from '../../mlnode/identity.js';
import { brokenReplicas, countGpus, isGenerating, portsOf } from '../../mlnode/replicas.js';
import { namesOf } from '../../network/names.js';
import { promisedReplicas } from '../../network/promised-replicas.js';
import type { PreflightReport } from '../../run/report.js';
import { gpuClassOf } from '../../text/hardware.js';
import { secondsSince, type ValidateContext } from '../context.js';
import { isOwnKind, keysOfOtherRuns } from '../own-key.js';
import { endsRun, type Phase } from './phase.js';

const READY_POLL_MS = 1_000;

/** Reads the node's state before anything is asked of it. */
export const preflightPhase: Phase = {
  name: 'preflight',
  isWanted: () => true,
  async run(context) {
    const { report, promised } = await preflight(context, context.folder.path);
    return { phases: { preflight: report }, observed: { promised } };
  },
  consequence: endsRun,
};

/**
 * Which node it is, what it serves, whether it fits the reference, and whether somebody's PoC keeps it busy.
 */
export async function preflight(
  context: ValidateContext,
  runFolder: string,
): Promise<{ report: PreflightReport; promised: number | null }> {
  const start = performance.now();
  const { node, options } = context;
  await reach(context);
  const [state, gpus, metrics, listed] = await Promise.all([
    readState(context),
    node.gpuDevices(),
    metricsOrNull(node),
    listedArgs(context),
  ]);
  const promised = promisedReplicas({
    expected: options.expectReplicas,
    metrics: metrics?.replicas ?? null,
    gpus: gpus && usableGpus(gpus).count,
    args: options.nodeArgs ?? listed,
  });
  const pow = await readyPow(context, start, state, promised);

  const foreign = await settleGenerations(pow, context, runFolder);
  const report: PreflightReport = {
    version: textOrNull(state?.version),
    loaded_model: textOrNull(state?.loaded_model),
    gpus: countGpus(gpus),
    gpus_not_available: gpus === null ? [] : lostGpus(gpus),
    ...(listed !== null && { listed_args: listed }),
    replicas: portsOf(pow),
    busy_with_foreign_poc: foreign,
    elapsed_s: secondsSince(start),
  };
  const names = namesOf(options.model, options.served, options.servedAs);
  const misnamed = misnamedText({ loadedModel: report.loaded_model }, names);
  if (misnamed !== null) context.warn(misnamed);
  warnOfMisfit(report, context);
  warnOfBroken(report, pow, context);
  return { report, promised };
}

/**
 * Waits until the node answers and is ready, for `--wait-ready` at most.
 *
 * @throws HttpFault when the node does not answer
 */
export async function reach({ node, options, events, signal, patience }: ValidateContext): Promise<void> {
  const until = performance.now() + 1000 * (options.waitReadySeconds ?? 0);
  for (;;) {
    try {
      const { healthy } = await node.reach();
      if (healthy || performance.now() >= until) return;
      events.note?.('the node answers and is not ready yet');
    } catch (error) {
      if (!(error instanceof HttpFault)) throw error;
      // Waiting does not make a name resolvable.
      if (error.unknownName !== undefined) throw error.withAdvice(options.unknownNameAdvice);
      if (performance.now() >= until) throw error;
      events.note?.(`not reachable yet: ${error.message}`);
    }
    await pause(patience * READY_POLL_MS, signal);
  }
}

/** Only a number in the report depends on them. */
async function metricsOrNull(node: ValidateContext['node']): ReturnType<typeof node.metrics> {
  try {
    return await node.metrics();
  } catch (error) {
    if (error instanceof HttpFault) return null;
    throw error;
  }
}

/** What the network node lists; null where it is not asked or does not answer, with a warning. */
async function listedArgs({ options, signal, warn }: ValidateContext): Promise<string[] | null> {
  if (options.listedArgs === undefined) return null;
  try {
    const listed = await options.listedArgs(signal);
    if (listed === null)
      warn(
        `the network node lists no arguments of ${options.model} on this node: --expect-replicas says how many replicas it should have`,
      );
    return listed;
  } catch (error) {
    if (!(error instanceof AssayError) || signal.aborted) throw error;
    warn(`the arguments of the node are not known: ${error.message}`);
    return null;
  }
}

/**
 * The replicas in rotation. For a node that is waited for: once the expected number of replicas has joined,
 * or the time of `--wait-ready` has ended.
 */
async function readyPow(
  context: ValidateContext,
  start: number,
  state: NodeState | null,
  promised: number | null,
): Promise<PowStatus> {
  const { options, patience, signal, events } = context;
  const until = start + 1000 * (options.waitReadySeconds ?? 0);
  for (;;) {
    const pow = await readPow(context);
    const replicas = portsOf(pow).length;
    const isStopped = state !== null && state.state === 'STOPPED';
    if (isStopped || replicas >= (promised ?? 1) || performance.now() >= until) return pow;
    events.note?.(`replicas in rotation: ${replicas} of ${promised ?? 'an unknown number'}`);
    await pause(patience * READY_POLL_MS, signal);
  }
}

/** null on a node without `/state`. */
async function readState({ node }: ValidateContext): Promise<NodeState | null> {
  try {
    return await node.state();
  } catch (error) {
    if (error instanceof HttpFault && consequenceOf('preflight', error.outcome) === 'nothing') return null;
    throw error;
  }
}

/**
 * A node whose model is down may answer 503 here. This means that there are no replicas; it is not a failure.
 */
async function readPow({ node }: ValidateContext): Promise<PowStatus> {
  try {
    return await node.powStatus();
  } catch (error) {
    if (error instanceof HttpFault && (error.status === 503 || error.outcome === 'conflict'))
      return { status: 'NO_BACKENDS' };
    throw error;
  }
}

/**
 * Stops the generation that a killed run of ours left. Refuses to continue while anybody else's generation
 * runs, also that of another run of ours in progress.
 *
 * @returns whether a foreign generation was running (and was stopped, as the user asked)
 */
async function settleGenerations(
  pow: PowStatus,
  context: ValidateContext,
  runFolder: string,
): Promise<boolean> {
  const { node, options, events, signal } = context;
  const generating = (pow.backends ?? []).filter(isGenerating);
  if (generating.length === 0) return false;
  const { left, living } = await keysOfOtherRuns(runFolder);
  const keyOf = ({ config }: Replica) => config?.public_key ?? '';
  const ours = new Set([context.ownPublicKey, ...left, ...(options.ownPublicKeys ?? [])]);
  const others = generating.filter((replica) => !ours.has(keyOf(replica)));
  for (const replica of others) {
    const owner = living.get(keyOf(replica));
    if (owner !== undefined) throw besideLiving(replica, owner);
  }
  const [other] = others;
  if (other !== undefined && options.stopForeign !== true) throw besideOther(other);
  if (other !== undefined)
    await requireUnmeasured(options.weightGuard, { what: 'stop of a generation', takesMs: 0 }, signal);
  events.note?.(
    other === undefined
      ? 'stopping the generation that an earlier run left'
      : 'stopping the generation that runs on the node, as requested',
  );
  await node.stopGeneration();
  return others.some((replica) => !isOwnKind(keyOf(replica)));
}

function besideLiving({ port }: Replica, { pid, at }: Owner): AssayError {
  return new AssayError(
    `another run of this tool (process ${pid}, since ${at}) measures throughput on replica ${port}; assay changed nothing`,
    { advice: 'wait until it is over' },
  );
}

function besideOther({ port, config }: Replica): AssayError {
  const key = clip(config?.public_key ?? 'not known');
  return isOwnKind(config?.public_key)
    ? new AssayError(
        `a throughput generation of another run of this tool is on replica ${port} (public key ${key}), and it is not known here whether that run still goes on; assay changed nothing`,
        { advice: 'wait until it is over, or stop it with --stop-foreign if that run is gone' },
      )
    : new AssayError(
        `a PoC generation that this tool did not start runs on replica ${port} (public key ${key}); assay changed nothing`,
        { advice: 'wait until it is over, or stop it with --stop-foreign if you may' },
      );
}

function warnOfMisfit(report: PreflightReport, { reference, warn }: ValidateContext): void {
  const { gpu } = recordedOn(reference.file);
  const others = report.gpus.filter(({ name }) => gpu !== null && gpuClassOf(name) !== gpu);
  if (gpu !== null && others.length > 0) {
    warn(
      `the reference was recorded on ${gpu}, the node has ${others.map(({ name }) => name).join(', ')}: honest distances are larger in this case`,
    );
  }
  if (report.loaded_model !== null) {
    warn('the model is up: PoC requests may abort running chats');
  }
}

/** Replicas and GPUs that the node itself reports as broken: they exist and earn nothing. */
function warnOfBroken(
  { loaded_model, gpus_not_available }: PreflightReport,
  pow: PowStatus,
  { warn }: ValidateContext,
) {
  for (const { index, name, message } of gpus_not_available ?? []) {
    warn({
      code: 'gpu_not_available',
      text: `GPU ${index ?? '?'} (${name}) is not available: ${message}`,
      about_node: true,
      advice: 'check the GPU (driver, Xid errors in the kernel log), and restart the node',
    });
  }
  // Right after a model went down, all replicas are in this state for some seconds.
  if (loaded_model === null) return;
  for (const { port, detail } of brokenReplicas(pow)) {
    warn({
      code: 'replica_error',
      text: `replica ${port} reports an error: ${detail}`,
      about_node: true,
      advice: `look into the log of replica ${port}`,
    });
  }
}

function textOrNull(value: string | null | undefined): string | null {
  return value === null || value === undefined ? null : clip(value);
}
