import { createColors } from 'picocolors';
import { AssayError, messageOf } from '../errors.js';
import { canonicalGolden } from '../golden/canonical.js';
import { findGolden } from '../golden/catalog.js';
import { loadGolden } from '../golden/load.js';
import type { GoldenReference } from '../golden/reference.js';
import { HttpFault } from '../http/fault.js';
import { maskSecrets } from '../http/mask.js';
import { consequenceOf } from '../http/policy.js';
import { parseBaseUrl } from '../http/url.js';
import { MlNodeClient } from '../mlnode/client.js';
import type { Observation } from '../probe/observation.js';
import type { Batch } from '../probe/plan.js';
import { leasePool } from '../probe/pool.js';
import { requestsUnderWay } from '../probe/probe.js';
import type { ValidateConfig, ValidateReport } from '../report/model.js';
import { renderText } from '../report/text.js';
import { judge } from '../verdict/judge.js';
import { goldenThresholds, type ResolvedStatTest, resolveStatTest } from '../verdict/thresholds.js';
import { CHALLENGE_FILE, challengeFile, challengeOf, challengeReference } from './challenge.js';
import { configOf, pocParamsOf } from './config.js';
import { secondsSince, type ValidateContext } from './context.js';
import { deploy } from './deploy.js';
import { download } from './download.js';
import type { ValidateEvents, ValidateOptions } from './options.js';
import { newOwnPublicKey } from './own-key.js';
import { preflight } from './preflight.js';
import { type Gathered, planOf, probeNode } from './probe-phase.js';
import { readUnfinishedRun, requireSameRun, type UnfinishedRun, wholeBatches } from './resume.js';
import { createRunFolder, defaultRunFolder, linesOf, openRunFolder, type RunFolder } from './run-folder.js';
import { GenerationLeft } from './stop-generation.js';
import { measureThroughput } from './throughput.js';
import { type TimeLimit, timeLimit } from './time-limit.js';

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
  const started = new Date();
  const mlnodeUrl = parseBaseUrl(options.mlnodeUrl, '--mlnode-url');
  const golden = await referenceOf(options);
  const challenge = challengeOf(options);
  if (challenge !== undefined) events.note?.(`asking the trusted node for ${challenge.n} vectors`);
  const reference =
    challenge === undefined
      ? golden
      : await challengeReference(golden, challenge, options, options.resume, signal);
  const statTest = resolveStatTest([goldenThresholds(reference.file), ...(options.thresholds ?? [])]);
  const resumed = options.resume === undefined ? null : await readUnfinishedRun(options.resume);
  const ownPublicKey = resumed?.config.own_public_key ?? options.ownPublicKey ?? newOwnPublicKey();
  const config = configOf({ ...options, mlnodeUrl }, reference, statTest, ownPublicKey, challenge);
  const { folder, observations } =
    resumed === null
      ? startRun(options, config, started, reference)
      : takeUpRun(
          options.resume as string,
          resumed,
          config,
          planOf({ options, reference }).batches,
          reference,
        );

  const { patience = 1 } = options;
  const limited = withTimeLimit(signal, options.timeoutSeconds);
  const warnings: string[] = [];
  const context: ValidateContext = {
    options,
    events,
    node: new MlNodeClient(mlnodeUrl, limited.signal, patience),
    reference,
    params: pocParamsOf(reference.file),
    ownPublicKey,
    signal: limited.signal,
    patience,
    warn(text) {
      const masked = maskSecrets(text);
      if (warnings.includes(masked)) return;
      warnings.push(masked);
      events.warning?.(masked);
    },
  };
  for (const warning of reference.warnings) context.warn(`reference: ${warning}`);

  if (resumed !== null) {
    context.warn(
      `taken up again after an interruption: ${observations.length} measurements are from before it`,
    );
  }

  const report = newReport(config, started, warnings, resumed);
  const durationBefore = report.duration_s;
  const gathered: Gathered = {
    observations,
    unansweredNonces: reference.nonces,
    lostReason: null,
    selfCheck: null,
    replicas: [],
    elapsedSeconds: 0,
  };
  const begun = performance.now();
  // The workers start while the first phases talk to the node.
  const pool = options.skipValidate === true ? null : leasePool();
  let failure: unknown;
  try {
    await prepare(context, report, folder, resumed !== null && observations.length > 0);
    if (pool !== null) await probeNode(context, statTest, folder, gathered, pool);
  } catch (error) {
    failure = error;
  } finally {
    limited.clear();
    await pool?.release();
  }
  conclude(context, report, statTest, gathered, failure);
  report.duration_s = durationBefore + secondsSince(begun);
  events.phase?.('report');
  writeReport(folder, report);
  if (failure !== undefined && !(failure instanceof AssayError)) throw failure;
  return { report, folder: folder.path };
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
  writeJson(folder, report);
  const up = report.preflight.replicas.length > 0;

  if (options.skipDownload !== true) {
    events.phase?.('download');
    report.download = up ? { action: 'not_needed', elapsed_s: 0 } : await download(context);
    writeJson(folder, report);
  }
  if (options.skipDeploy !== true) {
    events.phase?.('deploy');
    report.deploy = await deploy(context, report.preflight);
    writeJson(folder, report);
  }
  if (options.skipThroughput !== true && !isProbed && report.throughput === null) {
    events.phase?.('throughput');
    report.throughput = await throughputOrWarning(context);
    writeJson(folder, report);
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

/** Judges what was gathered, and says what kept the run from more. */
function conclude(
  context: ValidateContext,
  report: ValidateReport,
  statTest: ResolvedStatTest,
  gathered: Gathered,
  failure: unknown,
): void {
  const { options, events, reference } = context;
  if (gathered.observations.length > 0) {
    events.phase?.('verdict');
    const judgement = judge({
      nonces: reference.nonces,
      observations: gathered.observations,
      unansweredNonces: gathered.unansweredNonces,
      coverage: options.coverage ?? 'spread',
      statTest,
      honestBand: report.config.honest_band,
      selfCheck: gathered.selfCheck,
      strict: options.strict ?? false,
      reference,
      deployMismatch: report.deploy?.note ?? null,
      warnings: [...report.warnings],
    });
    const { batchSize } = planOf(context);
    report.validation = {
      request: {
        n_total:
          reference.nonces.length * (options.coverage === 'every-replica' ? gathered.replicas.length : 1),
        probe: options.probe ?? 'queued',
        coverage: options.coverage ?? 'spread',
        batch_size: batchSize,
        concurrency: requestsUnderWay(options.probe ?? 'queued', gathered.replicas.length, 0),
      },
      ...judgement.validation,
      elapsed_s: gathered.elapsedSeconds,
    };
    report.verdict = judgement.verdict;
    report.verdict_reason = judgement.verdictReason;
    report.exit_code = judgement.exitCode;
    report.warnings = judgement.warnings;
    if (judgement.verdict === 'INCOMPLETE') report.verdict_reason += because(gathered);
  } else if (failure === undefined && options.skipValidate === true) {
    report.verdict = 'SKIPPED';
    report.verdict_reason = 'validation was skipped, as asked for';
    report.exit_code = 0;
  } else if (failure === undefined) {
    report.verdict_reason = `no nonce was answered${because(gathered)}`;
  }
  if (failure === undefined) return;
  report.error = maskSecrets(
    failure instanceof AssayError ? failure.line : `internal error: ${messageOf(failure)}`,
  );
  // A node that was shown to be dishonest does not get out of it by breaking down afterwards.
  if (report.verdict === 'FAIL' && !context.signal.aborted && failure instanceof AssayError) return;
  report.verdict = 'INCOMPLETE';
  report.verdict_reason = report.error;
  report.exit_code = failure instanceof AssayError ? failure.exitCode : 1;
}

function because({ lostReason }: Gathered): string {
  return lostReason === null ? '' : `: ${maskSecrets(lostReason)}`;
}

/** The folder of a new run, with its resolved inputs in it. */
function startRun(
  options: ValidateOptions,
  config: ValidateConfig,
  started: Date,
  reference: GoldenReference,
): { folder: RunFolder; observations: Observation[] } {
  const path = options.expDir ?? defaultRunFolder(options.expName, options.model, options.nodeId, started);
  const folder = createRunFolder(path);
  folder.write('validate_config.json', `${JSON.stringify(config, null, 2)}\n`);
  if (config.challenge !== undefined) folder.write(CHALLENGE_FILE, canonicalGolden(challengeFile(reference)));
  return { folder, observations: [] };
}

/** The folder of an unfinished run, with nothing but whole batches left in it. */
function takeUpRun(
  path: string,
  run: UnfinishedRun,
  config: ValidateConfig,
  batches: Batch[],
  { nonces }: GoldenReference,
): { folder: RunFolder; observations: Observation[] } {
  requireSameRun(path, run.config, config);
  const folder = openRunFolder(path);
  const observations = wholeBatches(path, run.observations, batches, nonces);
  folder.write('observations.jsonl', linesOf(observations));
  return { folder, observations };
}

function newReport(
  config: ValidateConfig,
  started: Date,
  warnings: string[],
  before: UnfinishedRun | null,
): ValidateReport {
  return {
    schema_version: 1,
    verdict: 'INCOMPLETE',
    verdict_reason: 'the run has not ended, or was killed',
    exit_code: 1,
    timestamp: before?.report?.timestamp ?? started.toISOString(),
    duration_s: before?.report?.duration_s ?? 0,
    warnings,
    config: before?.config ?? config,
    preflight: null,
    download: null,
    deploy: null,
    throughput: before?.report?.throughput ?? null,
    validation: null,
    error: null,
  };
}

/** The caller's signal, and the limit for the whole run beside it. */
function withTimeLimit(signal: AbortSignal, seconds?: number): Pick<TimeLimit, 'signal' | 'clear'> {
  if (seconds === undefined) return { signal, clear() {} };
  return timeLimit(
    signal,
    seconds,
    () =>
      new AssayError(`the run was not finished within ${seconds} s (--timeout)`, {
        advice: 'take it up again with --resume, or give it more time',
      }),
  );
}

function writeJson(folder: RunFolder, report: ValidateReport): void {
  folder.write('validate_report.json', `${JSON.stringify(report, null, 2)}\n`);
}

function writeReport(folder: RunFolder, report: ValidateReport): void {
  writeJson(folder, report);
  folder.write(
    'validate_report.txt',
    `${renderText(report, { colors: createColors(false), runFolder: folder.path })}\n`,
  );
}

async function referenceOf({ model, reference }: ValidateOptions): Promise<GoldenReference> {
  const golden =
    typeof reference === 'string' ? await loadGolden(reference) : (reference ?? (await findGolden(model)));
  if (golden.file.model === model) return golden;
  throw new AssayError(`reference ${golden.path} is of ${golden.file.model}, not of ${model}`, {
    advice: 'give the reference of that model, or another --model',
  });
}
