import { consequenceOf } from '../../batches/consequences.js';
import { requireUnmeasured } from '../../chain/weight-measured.js';
import { AssayError } from '../../errors.js';
import { largest, smallest } from '../../extremes.js';
import { detailOf } from '../../http/detail.js';
import { HttpFault, type Outcome } from '../../http/fault.js';
import { pause } from '../../http/retry.js';
import type { PowInit, PowStatus } from '../../mlnode/answers.js';
import { isGenerating } from '../../mlnode/replicas.js';
import type { ThroughputReport } from '../../run/report.js';
import { rateText } from '../../text/figures.js';
import { secondsSince, type ValidateContext } from '../context.js';
import type { Phase } from './phase.js';
import { generatedNothing } from './still-warning.js';
import { GenerationLeft, GenerationReplaced, stopOwnGeneration } from './stop-generation.js';

/** Extra time for faults of the node during warm-up and measuring. */
const LONGEST_DELAY_MS = 30_000;
/** Time to stop the generation, with a fault or two. */
const STOP_MS = 5_000;
/** The network node is asked at least this often while the node generates. */
const GUARD_MS = 5_000;

/** Measures the rate, once in a run: not after an earlier part of the run has begun a probe. */
export const throughputPhase: Phase = {
  name: 'throughput',
  isWanted: ({ options }, { observations, phases }) =>
    options.skipThroughput !== true && observations.length === 0 && phases.throughput === null,
  run: async (context) => ({ phases: { throughput: await measureThroughput(context) } }),
  // A failed measurement of the rate does not stop the run: the node still gets a verdict.
  consequence(failure) {
    const lost =
      failure instanceof GenerationLeft || failure instanceof GenerationReplaced
        ? consequenceOf('stop')
        : consequenceOf('throughput', failure instanceof HttpFault ? failure.outcome : undefined);
    return lost === 'run' ? 'run' : { warning: `throughput was not measured: ${failure.line}` };
  },
};

/** One reading of a replica's counter. */
interface Reading {
  /** Seconds since measuring began. */
  atSeconds: number;
  processed: Map<number, number>;
  /** Ports of the replicas that report that they generate. */
  generating: Set<number>;
}

/**
 * Measures the rate of continuous generation, per replica and in total, under our own public key. The
 * generation is always stopped before this function returns, also after an error.
 */
export async function measureThroughput(context: ValidateContext): Promise<ThroughputReport> {
  const { options, params, ownPublicKey, events } = context;
  const start = performance.now();
  const node = nodeUntilMeasured(context, start);
  if (options.weightGuard === undefined) {
    context.warn(
      'no network node is given (--node), so it was not checked whether a PoC ran during the throughput measurement',
    );
  }
  await requireTime(context, plannedMs(options));
  events.note?.('generating for the throughput measurement; assay stops it afterwards');
  let startedOn: number[] | undefined;
  let isRefused = false;
  try {
    const started = await node.startGeneration({ ...params, public_key: ownPublicKey }, options.batchSize);
    startedOn = (started.results ?? []).flatMap(({ port }) => port ?? []);
    requireWholeStart(started);
    const readings = await sample({ ...context, node });
    const measured = Math.round((readings.at(-1)?.atSeconds ?? 0) - (readings[0]?.atSeconds ?? 0));
    for (const port of standingStill(readings)) context.warn(generatedNothing(port, measured));
    return { ...summarise(readings, startedOn, context.warn), elapsed_s: secondsSince(start) };
  } catch (error) {
    isRefused = error instanceof HttpFault && startedOn === undefined && REFUSALS.has(error.outcome);
    throw error;
  } finally {
    if (!isRefused) await stopOwnGeneration(context, startedOn);
  }
}

/** The duration of warm-up and measuring, without faults. */
function plannedMs({ warmupSeconds = 30, measureSeconds = 60 }: ValidateContext['options']): number {
  return 1000 * (warmupSeconds + measureSeconds);
}

/** @throws WeightMeasured when PoC or its beginning leaves no time to generate and then to stop */
async function requireTime({ options, signal, patience }: ValidateContext, takesMs: number): Promise<void> {
  const act = { what: 'throughput measurement', takesMs: takesMs + patience * STOP_MS };
  await requireUnmeasured(options.weightGuard, act, signal);
}

/** A client for the node whose waits are not much longer than the measuring itself. */
function nodeUntilMeasured({ node, signal, until, patience, options }: ValidateContext, start: number) {
  const planned = start + plannedMs(options) + patience * LONGEST_DELAY_MS;
  return node.within({ signal, until: Math.min(until, planned) });
}

/**
 * The node was never reached, or refused: nothing can have started. A 5xx may come from a proxy that timed
 * out.
 */
const REFUSALS: ReadonlySet<Outcome> = new Set<Outcome>([
  'unreachable',
  'untrusted',
  'redirected',
  'absent',
  'conflict',
  'rejected',
]);

/** A replica that refuses may be generating for somebody else. */
function requireWholeStart({ errors }: PowInit): void {
  const refused = errors ?? [];
  if (refused.length === 0) return;
  const { port, error } = refused[0] as NonNullable<PowInit['errors']>[number];
  throw new AssayError(
    `replica ${port ?? '?'} refused to generate: ${detailOf(error) || 'no reason given'}`,
    {
      advice: 'wait until the node is idle, or use --skip-throughput',
    },
  );
}

/** Reads the counters at fixed times: a late answer does not shift the following readings. */
async function sample(context: ValidateContext): Promise<Reading[]> {
  const { node, options, events, signal } = context;
  const warmup = options.warmupSeconds ?? 30;
  const measure = options.measureSeconds ?? 60;
  const interval = Math.min(options.sampleIntervalSeconds ?? 10, measure);
  const begun = performance.now();
  const tell = (done: number, note: string) =>
    events.progress?.({ phase: 'throughput', done, total: warmup + measure, unit: 's', note });
  const leftMs = (seconds: number) => Math.max(0, 1000 * seconds - (performance.now() - begun));
  const read = async (seconds: number): Promise<Reading> => {
    do {
      await pause(Math.min(GUARD_MS, leftMs(seconds)), signal);
      await requireTime(context, leftMs(warmup + measure));
    } while (leftMs(seconds) > 0);
    const status = await node.powStatus();
    return {
      atSeconds: secondsSince(begun) - warmup,
      processed: counters(status),
      generating: generatingPorts(status),
    };
  };
  tell(0, 'warming up');
  const first = await read(warmup);
  tell(warmup, 'measuring');
  const readings = [first];
  for (let seconds = interval; seconds < measure; seconds += interval) {
    // The reading before took so long that this one would measure next to nothing.
    if (leftMs(warmup + seconds + interval / 2) === 0) continue;
    const latest = await read(warmup + seconds);
    tell(warmup + seconds, ratesText(readings.at(-1) as Reading, latest));
    readings.push(latest);
  }
  const last = await read(warmup + measure);
  tell(warmup + measure, ratesText(first, last));
  return [...readings, last];
}

function counters({ backends }: PowStatus): Map<number, number> {
  return new Map((backends ?? []).map(({ port, stats }) => [port, stats?.total_processed ?? Number.NaN]));
}

function generatingPorts({ backends }: PowStatus): Set<number> {
  return new Set((backends ?? []).filter(isGenerating).map(({ port }) => port));
}

/** Replicas that reported in every reading that they generate, and whose counter never changed. */
function standingStill(readings: Reading[]): number[] {
  const [first] = readings;
  return [...(first?.processed.keys() ?? [])].filter((port) =>
    readings.every(
      ({ processed, generating }) =>
        generating.has(port) && processed.get(port) === first?.processed.get(port),
    ),
  );
}

/** Nonces per second of each replica from one reading to the next. */
function ratesBetween(before: Reading, reading: Reading): { port: number; nonces_per_second: number }[] {
  return [...reading.processed].flatMap(([port, processed]) => {
    const counted = processed - (before.processed.get(port) ?? Number.NaN);
    const rate = counted / (reading.atSeconds - before.atSeconds);
    // A counter that fell or is missing belongs to a replica that restarted or left the rotation in between.
    return Number.isFinite(rate) && rate >= 0 ? [{ port, nonces_per_second: rate }] : [];
  });
}

/** `5001: 320.1/s, 5002: 319.4/s` */
function ratesText(before: Reading, reading: Reading): string {
  return ratesBetween(before, reading)
    .sort((a, b) => a.port - b.port)
    .map(({ port, nonces_per_second }) => `${port}: ${rateText(nonces_per_second)}`)
    .join(', ');
}

/** Rates in nonces per second from differences of the counters. */
function summarise(
  readings: Reading[],
  startedOn: number[],
  warn: (text: string) => void,
): Pick<ThroughputReport, 'summary' | 'samples'> {
  const samples = readings.slice(1).map((reading, index) => {
    const before = readings[index] as Reading;
    const replicas = ratesBetween(before, reading);
    return { t_s: reading.atSeconds, seconds: reading.atSeconds - before.atSeconds, replicas };
  });
  if (samples.every(({ replicas }) => replicas.length === 0)) {
    throw new AssayError('no replica reported its count of processed nonces', {
      advice: 'use --skip-throughput',
    });
  }

  const told = samples.flatMap(({ replicas }) => replicas.map(({ port }) => port));
  const ports = [...new Set([...startedOn, ...told])].sort((a, b) => a - b);
  // The rate of an absent replica is not known: the sum of the others is not the node's rate.
  const whole = samples.filter(({ replicas }) => replicas.length === ports.length);
  const missing = ports.filter(
    (port) => whole.length < samples.length && told.filter((own) => own === port).length < samples.length,
  );
  if (whole.length === 0)
    throw new AssayError(`no sample has the count of every replica (${missing.join(', ')} missing)`, {
      advice: 'find out why it leaves the rotation, or use --skip-throughput',
    });
  if (whole.length < samples.length)
    warn(
      `${samples.length - whole.length} of ${samples.length} throughput samples lack replica ${missing.join(', ')}: they are not used`,
    );
  const series = ports.map((port) => {
    const own = whole.flatMap(({ seconds, replicas }) =>
      replicas
        .filter((replica) => replica.port === port)
        .map(({ nonces_per_second }) => ({ seconds, rate: nonces_per_second })),
    );
    return { port, ...ratesOf(own) };
  });
  const slowLimit = median(series.map(({ mean }) => mean)) / 2;
  const totals = whole.map(({ seconds, replicas }) => ({
    seconds,
    rate: replicas.reduce((sum, replica) => sum + replica.nonces_per_second, 0),
  }));
  return {
    summary: {
      ...ratesOf(totals),
      replicas: series.map((replica) => ({ ...replica, slow: replica.mean < slowLimit })),
    },
    samples: samples.map(({ t_s, replicas }) => ({ t_s, replicas })),
  };
}

function ratesOf(samples: { seconds: number; rate: number }[]): { mean: number; min: number; max: number } {
  const seconds = samples.reduce((sum, sample) => sum + sample.seconds, 0);
  const rates = samples.map(({ rate }) => rate);
  return {
    mean: samples.reduce((sum, sample) => sum + sample.rate * sample.seconds, 0) / seconds,
    min: smallest(rates),
    max: largest(rates),
  };
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return Number.isInteger(middle)
    ? ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
    : (sorted[Math.floor(middle)] as number);
}
