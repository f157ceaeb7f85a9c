import { AssayError, messageOf } from '../errors.js';
import { type TimeLimit, timeLimit } from '../http/time-limit.js';
import { MlNodeClient } from '../mlnode/client.js';
import { leasePool, type PoolLease } from '../probe/pool.js';
import type { ValidateReport } from '../run/report.js';
import type { RunFiles } from '../run/write.js';
import { type RunContext, secondsSince } from './context.js';
import { gather } from './gather.js';
import { type RunInputs, resolveRun } from './inputs.js';
import type { EndingCause, Observed } from './observed.js';
import type { ValidateEvents, ValidateOptions } from './options.js';
import { reportOf } from './report-of.js';
import { startRun } from './start-run.js';

export interface ValidateResult {
  report: ValidateReport;
  /** The run's folder, with the report and all data for its verdict. */
  folder: string;
  /** What ended the run early; null where nothing did. */
  endedBy: EndingCause | null;
}

/**
 * Validates a deployed ML node against its reference: preflight, download, deploy, throughput, probe,
 * verdict, report. After the run folder exists, every failure ends in a report in it.
 *
 * @param options what to do; see `ValidateOptions`
 * @param watcher.events receives phases, progress and warnings
 * @param watcher.signal interrupts the run: what it started on the node is stopped, and what it measured is
 *   reported
 * @throws AssayError for inputs with which no run can start
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
  const resolved = await resolveRun(options, { signal, until });
  const { inputs, folder, before, release } = await startRun(resolved, { signal, until, note: events.note });
  const begun = performance.now();
  try {
    const observed = await observe(inputs, before, { folder, events, signal, until });
    const seconds = () => before.durationSeconds + secondsSince(begun);
    const report = await conclude(inputs, observed, { folder, events, seconds });
    if (observed.ending?.bug !== undefined) throw observed.ending.bug;
    return { report, folder: folder.path, endedBy: observed.ending?.cause ?? null };
  } finally {
    await release();
  }
}

/** Runs the phases with the parts that they share: the client of the node, and the threads of the probe. */
async function observe(
  inputs: RunInputs,
  before: Observed,
  run: Pick<RunContext, 'folder' | 'events' | 'signal' | 'until'>,
): Promise<Observed> {
  const { mlnodeUrl, options, reference, params, ownPublicKey } = inputs;
  const { patience = 1 } = options;
  const node = new MlNodeClient(mlnodeUrl, run.signal, patience, run.until);
  // The workers start while the first phases ask the node.
  const pool = inputs.skipsProbe ? null : loadingJudge(leasePool({ nonces: inputs.nonces.length, patience }));
  try {
    const resolved = { inputs, options, reference, params, ownPublicKey, patience };
    return await gather({ ...run, ...resolved, node, pool }, before);
  } finally {
    await pool?.release();
  }
}

/** Statistics, tables and the report's schema: earlier they would delay the first request. */
const loadJudge = async () => {
  const [{ judgeObserved }, { writeReport }] = await Promise.all([
    import('./judge-run.js'),
    import('./write-report.js'),
    import('../schemas/generated/validate-report.js'),
  ]);
  return { judgeObserved, writeReport };
};

/** Loads what judges the run once the first request is on its way, while the node and the threads work. */
function loadingJudge(pool: PoolLease): PoolLease {
  let isLoading = false;
  return {
    run(task) {
      if (!isLoading) setImmediate(() => void loadJudge());
      isLoading = true;
      return pool.run(task);
    },
    release: () => pool.release(),
  };
}

/** Judges the measurements, and writes the report to the run's folder. */
async function conclude(
  inputs: RunInputs,
  gathered: Observed,
  { folder, events, seconds }: Conclusion,
): Promise<ValidateReport> {
  const { judgeObserved, writeReport } = await loadJudge();
  if (gathered.observations.length > 0) events.phase?.('verdict');
  const judgement = judgeObserved(inputs, gathered);
  const observed = { ...gathered, durationSeconds: seconds() };
  const report = reportOf(inputs, observed, judgement);
  events.phase?.('report');
  try {
    await writeReport(folder, report);
    return report;
  } catch (error) {
    // The results are still returned, and the verdict stays: it was reached before the write failed.
    return { ...report, error: report.error ?? reportLost(error) };
  }
}

interface Conclusion {
  folder: RunFiles;
  events: ValidateEvents;
  /** Seconds of the whole run until now. */
  seconds(): number;
}

function reportLost(error: unknown): string {
  const what = error instanceof AssayError ? error.line : `internal error: ${messageOf(error)}`;
  return `the report was not kept: ${what}`;
}

/** The caller's signal, combined with the limit for the whole run. */
function runLimit(signal: AbortSignal, seconds = Number.POSITIVE_INFINITY): TimeLimit {
  const isOver = new AssayError(`the run was not finished within ${seconds} s (--timeout)`, {
    advice: 'resume it with --resume, or give it more time',
  });
  return timeLimit({ signal }, seconds, isOver);
}
