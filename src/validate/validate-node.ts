import { consequenceOf } from '../batches/consequences.js';
import { AssayError } from '../errors.js';
import { pocParamsOf } from '../golden/poc-params.js';
import { HttpFault } from '../http/fault.js';
import { maskSecrets } from '../http/mask.js';
import { type TimeLimit, timeLimit } from '../http/time-limit.js';
import { parseBaseUrl } from '../http/url.js';
import { MlNodeClient } from '../mlnode/client.js';
import { leasePool } from '../probe/pool.js';
import type { ValidateReport } from '../run/report.js';
import { goldenThresholds, type ResolvedStatTest, resolveStatTest } from '../run/thresholds.js';
import { type RunFolder, writeReportJson } from '../run/write.js';
import { challengeOf, challengeReference } from './challenge.js';
import { secondsSince, type ValidateContext } from './context.js';
import type { Gathered } from './gathered.js';
import { configOf, referenceOf } from './inputs.js';
import type { ValidateEvents, ValidateOptions } from './options.js';
import { newOwnPublicKey } from './own-key.js';
import { deploy } from './phases/deploy.js';
import { download } from './phases/download.js';
import { preflight } from './phases/preflight.js';
import { probeNode } from './phases/probe.js';
import { GenerationLeft } from './phases/stop-generation.js';
import { measureThroughput } from './phases/throughput.js';
import { readUnfinishedRun } from './resume.js';
import { startRun, takeUpRun } from './start-run.js';

export interface ValidateResult {
  report: ValidateReport;
  /** The run's folder, with the report and everything that it was judged from. */
  folder: string;
}

/**
 * Validates a deployed ML node against its golden reference: preflight, download, deploy, throughput, probe,
 * verdict, report. Once the run folder exists, every failure ends in a report there.
 *
 * @param options what to do; see `ValidateOptions`
 * @param watcher.events told of phases, progress and warnings
 * @param watcher.signal interrupts: what was started on the node is stopped, and what was gathered reported
 * @throws AssayError for inputs that no run can start from
 */
export async function validateNode(
  options: ValidateOptions,
  {
    events = {},
    signal = new AbortController().signal,
  }: { events?: ValidateEvents; signal?: AbortSignal } = {},
): Promise<ValidateResult> {
  const limit = runLimit(signal, options.timeoutSeconds);
  try {
    return await validateWithin(limit, options, events);
  } finally {
    limit.clear();
  }
}

async function validateWithin(
  { signal, until }: TimeLimit,
  options: ValidateOptions,
  events: ValidateEvents,
): Promise<ValidateResult> {
  const { patience = 1, resume } = options;
  const mlnodeUrl = parseBaseUrl(options.mlnodeUrl, '--mlnode-url');
  const unfinished = resume === undefined ? null : await readUnfinishedRun(resume);
  const golden = await referenceOf(options);
  const challenge = challengeOf(options);
  if (challenge !== undefined) events.note?.(`asking the trusted node for ${challenge.n} vectors`);
  const reference =
    challenge === undefined
      ? golden
      : await challengeReference(golden, challenge, options, resume, { signal, until });
  const statTest = resolveStatTest([goldenThresholds(reference.file), ...(options.thresholds ?? [])]);
  const ownPublicKey = unfinished?.config.own_public_key ?? options.ownPublicKey ?? newOwnPublicKey();
  const config = configOf({ ...options, mlnodeUrl }, reference, statTest, ownPublicKey, challenge);
  const { folder, observations, report, release } =
    unfinished === null
      ? await startRun(options, config, reference)
      : await takeUpRun(resume as string, unfinished, config, options, reference);

  const context: ValidateContext = {
    options,
    events,
    node: new MlNodeClient(mlnodeUrl, signal, patience, until),
    reference,
    params: pocParamsOf(reference.file),
    ownPublicKey,
    signal,
    until,
    patience,
    warn(text) {
      const masked = maskSecrets(text);
      if (report.warnings.includes(masked)) return;
      report.warnings.push(masked);
      events.warning?.(masked);
    },
  };
  for (const warning of reference.warnings) context.warn(`reference: ${warning}`);
  if (unfinished !== null) {
    context.warn(
      `taken up again after an interruption: ${observations.length} measurements are from before it`,
    );
  }
  const gathered: Gathered = {
    observations,
    unansweredNonces: reference.nonces,
    lostReason: null,
    selfCheck: null,
    replicas: [],
    elapsedSeconds: 0,
  };
  try {
    await runPhases(
      context,
      report,
      statTest,
      folder,
      gathered,
      unfinished !== null && observations.length > 0,
    );
  } finally {
    await release();
  }
  return { report, folder: folder.path };
}

/**
 * From preflight to report. Whatever happens on the way is told in the report.
 *
 * @param isProbed the probe had begun before an interruption, so that throughput had its turn
 */
async function runPhases(
  context: ValidateContext,
  report: ValidateReport,
  statTest: ResolvedStatTest,
  folder: RunFolder,
  gathered: Gathered,
  isProbed: boolean,
): Promise<void> {
  const { options, events, signal } = context;
  const begun = performance.now();
  const secondsBefore = report.duration_s;
  // The workers start while the first phases talk to the node.
  const pool = options.skipValidate === true ? null : leasePool();
  let failure: unknown;
  try {
    await prepare(context, report, folder, isProbed);
    if (pool !== null) await probeNode(context, statTest, folder, gathered, pool);
  } catch (error) {
    failure = error;
  } finally {
    await pool?.release();
  }
  // Loaded only now: statistics and tables would keep the first request waiting.
  const { conclude, endBy } = await import('./conclude.js');
  const { writeReport } = await import('./write-report.js');
  conclude(context, report, statTest, gathered);
  if (failure !== undefined) endBy(failure, report, signal.aborted);
  report.duration_s = secondsBefore + secondsSince(begun);
  events.phase?.('report');
  try {
    writeReport(folder, report);
  } catch (error) {
    // A full disk may have ended the run before; what was found out is told all the same.
    if (failure === undefined) endBy(error, report, signal.aborted);
  }
  if (failure !== undefined && !(failure instanceof AssayError)) throw failure;
}

/**
 * The phases before the probe. The report is written after each, so that a kill leaves what they saw.
 *
 * @param isProbed the probe had begun before an interruption, so that throughput had its turn
 */
async function prepare(
  context: ValidateContext,
  report: ValidateReport,
  folder: RunFolder,
  isProbed: boolean,
): Promise<void> {
  const { options, events } = context;
  events.phase?.('preflight');
  report.preflight = await preflight(context, folder.path);
  writeReportJson(folder, report);
  const up = report.preflight.replicas.length > 0;

  if (options.skipDownload !== true) {
    events.phase?.('download');
    report.download = up ? { action: 'not_needed', elapsed_s: 0 } : await download(context);
    writeReportJson(folder, report);
  }
  if (options.skipDeploy !== true) {
    events.phase?.('deploy');
    report.deploy = await deploy(context, report.preflight);
    writeReportJson(folder, report);
  }
  if (options.skipThroughput !== true && !isProbed && report.throughput === null) {
    events.phase?.('throughput');
    report.throughput = await throughputOrWarning(context);
    writeReportJson(folder, report);
  }
}

/** A throughput that could not be measured does not keep the node from its verdict. */
async function throughputOrWarning(context: ValidateContext): Promise<ValidateReport['throughput']> {
  try {
    return await measureThroughput(context);
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    if (context.signal.aborted) {
      // The interruption is what ends the run; what it could not clean up is told beside it.
      if (error instanceof GenerationLeft) context.warn(error.line);
      throw context.signal.reason;
    }
    const lost =
      error instanceof GenerationLeft
        ? consequenceOf('stop')
        : consequenceOf('throughput', error instanceof HttpFault ? error.outcome : undefined);
    if (lost === 'run') throw error;
    context.warn(`throughput was not measured: ${error.line}`);
    return null;
  }
}

/** The caller's signal, and the limit for the whole run beside it. */
function runLimit(signal: AbortSignal, seconds = Number.POSITIVE_INFINITY): TimeLimit {
  const isOver = new AssayError(`the run was not finished within ${seconds} s (--timeout)`, {
    advice: 'take it up again with --resume, or give it more time',
  });
  return timeLimit({ signal }, seconds, isOver);
}
