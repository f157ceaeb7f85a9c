import { consequenceOf } from '../../batches/consequences.js';
import { requireUnmeasured } from '../../chain/weight-measured.js';
import { AssayError } from '../../errors.js';
import { clip } from '../../http/detail.js';
import { HttpFault } from '../../http/fault.js';
import { growingDelay, pause, SOON_MS } from '../../http/retry.js';
import { portsOf } from '../../mlnode/replicas.js';
import { runnerLimitAdvice, startLimitS } from '../../mlnode/start-limit.js';
import { startOf } from '../../network/names.js';
import { promisedReplicas } from '../../network/promised-replicas.js';
import type { DeployReport, PreflightReport } from '../../run/report.js';
import { counted } from '../../text/figures.js';
import { secondsSince, type ValidateContext } from '../context.js';
import { endsRun, type Phase } from './phase.js';

const LONGEST_POLL_MS = 2_000;
/** Replicas join some seconds apart. If no replica joins for this time, the number is final. */
const SETTLED_SECONDS = 10;

/** Starts the model. */
export const deployPhase: Phase = {
  name: 'deploy',
  isWanted: ({ options }) => options.skipDeploy !== true,
  async run(context, { phases, promised }) {
    const before = phases.preflight as PreflightReport;
    const started = promisedByStart(context, before, promised);
    const report = await deploy(context, before, started);
    return {
      phases: { deploy: report },
      observed: { promised: report.action === 'started' ? started : promised },
    };
  },
  consequence: endsRun,
};

/** Makes sure that the model is running, and that all its replicas are in rotation. */
export async function deploy(
  context: ValidateContext,
  preflight: PreflightReport,
  promised: number | null,
): Promise<DeployReport> {
  const start = performance.now();
  const { options, events } = context;
  const args = options.deployArgs?.map(({ value }) => value);
  const report = (action: string, note: string | null): DeployReport => ({
    action,
    elapsed_s: secondsSince(start),
    running_args: null,
    note,
  });

  if (preflight.loaded_model !== null || preflight.replicas.length > 0) {
    const note =
      args === undefined
        ? null
        : 'the model was up already: the given arguments were not applied, and the node does not report its own';
    if (note !== null) context.warn(note);
    return report('already_running', note);
  }
  if (args === undefined) {
    throw new AssayError('the model is not up and no deploy arguments were given', {
      advice:
        "give --node-config FILE, or --gpu B200|H200 for the published configuration, or --deploy-args-from-reference for the arguments of the reference's node",
    });
  }
  const deployTimeoutSeconds =
    options.deployTimeoutSeconds ?? startLimitS(preflight.gpus.map(({ name }) => name));
  const act = { what: 'start of the model', takesMs: 1000 * deployTimeoutSeconds };
  await requireUnmeasured(options.weightGuard, act, context.signal);
  const until = Math.min(context.until, start + 1000 * deployTimeoutSeconds);
  const node = context.node.within({ signal: context.signal, until });
  const limited = { ...context, node, options: { ...options, deployTimeoutSeconds } };
  await startAndWait(limited, args);
  await waitForReplicas(limited, start, promised ?? undefined);
  events.note?.('the model is up');
  return report('started', null);
}

/** How many replicas the node will have when it is started with the given arguments. */
export function promisedByStart(
  { options }: ValidateContext,
  { gpus }: PreflightReport,
  promised: number | null,
): number | null {
  const args = options.deployArgs?.map(({ value }) => value) ?? null;
  return (
    promisedReplicas({
      expected: options.expectReplicas,
      metrics: null,
      gpus: gpus.reduce((sum, { count }) => sum + count, 0),
      args,
    }) ?? promised
  );
}

async function startAndWait(context: ValidateContext, args: string[]): Promise<void> {
  const { node, options, events, signal, patience } = context;
  const start = performance.now();
  const limitSeconds = options.deployTimeoutSeconds as number;
  try {
    const start = startOf(options.model, { args, model_override: options.served?.model_override ?? null });
    await node.startModel(start.model, options.dtype ?? 'auto', start.args);
  } catch (error) {
    if (!(error instanceof HttpFault) || error.outcome !== 'conflict') throw error;
    if (!/running|starting|progress/i.test(error.detail)) {
      throw new AssayError(`another service uses the node: ${error.detail}`, {
        advice: 'stop that service first',
      });
    }
  }
  let wasInProgress = false;
  const nextDelay = growingDelay(patience * LONGEST_POLL_MS);
  for (;;) {
    const status = await startStatus(context, wasInProgress, start);
    if (status.status === 'completed' && status.is_running !== false) return;
    if (status.status === 'in_progress') wasInProgress = true;
    const failure = failureOf(status, wasInProgress);
    if (failure !== undefined) {
      throw new AssayError(`the model did not start: ${failure}`, {
        advice:
          runnerLimitAdvice(secondsSince(start)) ??
          "look into the node's log; memory and tensor-parallel size are the usual reasons",
      });
    }
    const elapsed = secondsSince(start);
    if (elapsed > limitSeconds) {
      throw new AssayError(`the model is not up after ${limitSeconds} s`, {
        advice: 'the start continues; run again later with --skip-deploy, or give a longer --deploy-timeout',
      });
    }
    events.progress?.({
      phase: 'deploy',
      done: Math.round(elapsed),
      total: limitSeconds,
      unit: 's',
      isLimit: true,
      note: status.status,
    });
    await pause(nextDelay(), signal);
  }
}

type StartStatus = Awaited<ReturnType<ValidateContext['node']['startStatus']>>;

/** If a node stops answering during a start, the start has failed: its process exits after an error. */
async function startStatus(
  { node }: ValidateContext,
  wasInProgress: boolean,
  start: number,
): Promise<StartStatus> {
  try {
    return await node.startStatus();
  } catch (error) {
    if (!(error instanceof HttpFault) || !wasInProgress) throw error;
    throw new AssayError(
      `the model did not start: the node stopped answering during the start (${error.message})`,
      {
        advice:
          runnerLimitAdvice(secondsSince(start)) ??
          "look into the node's log; it restarts after a failed start",
      },
    );
  }
}

function failureOf(status: StartStatus, wasInProgress: boolean): string | undefined {
  if (status.status === 'failed' || status.status === 'cancelled') return clip(status.error ?? status.status);
  if (status.status === 'completed') return 'it started and died';
  if (status.status === 'not_started' && wasInProgress)
    return 'the start fell back to not_started, so the node process was restarted';
  return undefined;
}

async function waitForReplicas(
  context: ValidateContext,
  start: number,
  expected: number | undefined,
): Promise<void> {
  const { node, options, events, signal, patience } = context;
  const limitSeconds = options.deployTimeoutSeconds as number;
  let last = 0;
  let changedAt = performance.now();
  let lastFault = null as HttpFault | null;
  const nextDelay = growingDelay(patience * LONGEST_POLL_MS, SOON_MS);
  for (;;) {
    const replicas = await readReplicas();
    events.progress?.({
      phase: 'deploy',
      done: replicas,
      total: expected ?? Math.max(1, replicas),
      unit: 'replicas',
    });
    if (expected !== undefined && replicas >= expected) return;
    if (replicas !== last) changedAt = performance.now();
    last = replicas;
    const isSettled = secondsSince(changedAt) >= patience * SETTLED_SECONDS;
    if (expected === undefined && replicas > 0 && isSettled) return;
    if (secondsSince(start) > limitSeconds) {
      // The replicas that joined can be validated. The verdict reports the missing ones.
      if (replicas > 0) return;
      const found =
        expected === undefined
          ? 'no replica is in rotation'
          : `none of ${counted(expected, 'replica')} is in rotation`;
      throw new AssayError(
        `${found} after ${limitSeconds} s${lastFault === null ? '' : ` (${lastFault.message})`}`,
        { advice: "look into the node's log, or give a longer --deploy-timeout" },
      );
    }
    await pause(nextDelay(), signal);
  }

  async function readReplicas(): Promise<number> {
    try {
      const replicas = portsOf(await node.powStatus()).length;
      lastFault = null;
      return replicas;
    } catch (error) {
      if (!(error instanceof HttpFault) || consequenceOf('replicas', error.outcome) !== 'wait') throw error;
      lastFault = error;
      return 0;
    }
  }
}
