import { AssayError, messageOf } from '../errors.js';
import { type TimeLimit, timeLimit } from '../http/time-limit.js';
import { MlNodeClient } from '../mlnode/client.js';
import { leasePool } from '../probe/pool.js';
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
  /** The run's folder, with the report and everything that it was judged from. */
  folder: string;
  /** What ended the run before its time; null where nothing did. */
  endedBy: EndingCause | null;
}

/**
 * Validates a deployed ML node against its reference: preflight, download, deploy, throughput, probe,
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

/** Runs the phases with what they share: the client of the node, and the threads of the probe. */
async function observe(
  inputs: RunInputs,
  before: Observed,
  run: Pick<RunContext, 'folder' | 'events' | 'signal' | 'until'>,
): Promise<Observed> {
  const { mlnodeUrl, options, reference, params, ownPublicKey } = inputs;
  const { patience = 1 } = options;
  const node = new MlNodeClient(mlnodeUrl, run.signal, patience, run.until);
  // The workers start while the first phases talk to the node.
  const pool = inputs.skipsProbe ? null : leasePool({ nonces: inputs.nonces.length, patience });
  try {
    const resolved = { inputs, options, reference, params, ownPublicKey, patience };
    return await gather({ ...run, ...resolved, node, pool }, before);
  } finally {
    await pool?.release();
  }
}

/** Judges what was gathered, and leaves the report in the run's folder. */
async function conclude(
  inputs: RunInputs,
  gathered: Observed,
  { folder, events, seconds }: Conclusion,
): Promise<ValidateReport> {
  // Loaded only now: statistics and tables would keep the first request waiting.
  const [{ judgeObserved }, { writeReport }] = await Promise.all([
    import('./judge-run.js'),
    import('./write-report.js'),
  ]);
  if (gathered.observations.length > 0) events.phase?.('verdict');
  const judgement = judgeObserved(inputs, gathered);
  const observed = { ...gathered, durationSeconds: seconds() };
  const report = reportOf(inputs, observed, judgement);
  events.phase?.('report');
  try {
    await writeReport(folder, report);
    return report;
  } catch (error) {
    // What was found out is told all the same, and the verdict stands: it was reached before.
    return { ...report, error: report.error ?? reportLost(error) };
  }
}

interface Conclusion {
  folder: RunFiles;
  events: ValidateEvents;
  /** Of the whole run until now. */
  seconds(): number;
}

function reportLost(error: unknown): string {
  const what = error instanceof AssayError ? error.line : `internal error: ${messageOf(error)}`;
  return `the report was not kept: ${what}`;
}

/** The caller's signal, and the limit for the whole run beside it. */
function runLimit(signal: AbortSignal, seconds = Number.POSITIVE_INFINITY): TimeLimit {
  const isOver = new AssayError(`the run was not finished within ${seconds} s (--timeout)`, {
    advice: 'resume it with --resume, or give it more time',
  });
  return timeLimit({ signal }, seconds, isOver);
}
