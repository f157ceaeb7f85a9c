import { performance } from 'node:perf_hooks';
import { AssayError } from '../errors.js';
import { largest, smallest } from '../extremes.js';
import { detailOf } from '../http/detail.js';
import { HttpFault } from '../http/fault.js';
import { pause } from '../http/retry.js';
import { isGenerating } from '../mlnode/replicas.js';
import { stopOwnGeneration } from '../validate/phases/stop-generation.js';
import type { Tester } from './check.js';

/** One poll of the counters. Times are seconds since the start request. */
export interface CounterLook {
  sentS: number;
  receivedS: number;
  replicas: { port: number; processed: number }[];
}

/** A PoC that the check started, as it was observed. */
export interface Generated {
  /** Ports that reported a start, ascending. */
  startedOn: number[];
  /** Errors of the replicas that did not start. */
  refused: { port: number | null; reason: string }[];
  looks: CounterLook[];
  /** Time from the stop until no replica generated; null: some replica still did at the time limit. */
  stopSeconds: number | null;
  /** Ports of replicas that still generated. */
  left: number[];
}

/** Time limit within which a stop must end a PoC, in seconds. */
export const STOP_LIMIT_S = 10;

/** Longest time between two polls of the counters; a short PoC is polled fifty times. */
const LOOK_MS = 200;
const LOOKS = 50;

/**
 * Runs a PoC under a key of its own, polls it, and stops it in any case.
 *
 * @param seconds duration of the PoC
 * @param during called after the PoC has begun
 */
export async function generate(
  tester: Tester,
  seconds: number,
  during?: () => Promise<unknown>,
): Promise<Generated> {
  const { node, params, ownPublicKey, options, signal } = tester;
  let startedOn: number[] | undefined;
  const begun = performance.now();
  const now = () => (performance.now() - begun) / 1000;
  try {
    const started = await node.startGeneration({ ...params, public_key: ownPublicKey }, options.batchSize);
    startedOn = (started.results ?? []).flatMap(({ port }) => port ?? []).sort((a, b) => a - b);
    const refused = (started.errors ?? []).map(({ port, error }) => ({
      port: port ?? null,
      reason: detailOf(error) || 'no reason given',
    }));
    const looks: CounterLook[] = [];
    const meanwhile = during?.();
    // Its error is reported below; until then it must not be an unhandled rejection.
    meanwhile?.catch(() => {});
    while (now() < seconds) {
      await pause(Math.min(LOOK_MS, (1000 * seconds) / LOOKS), signal);
      looks.push(await look(tester, now));
    }
    await meanwhile;
    return { startedOn, refused, looks, ...(await stop(tester)) };
  } finally {
    await stopOwnGeneration(tester, startedOn);
  }
}

async function look({ node, ownPublicKey }: Tester, now: () => number): Promise<CounterLook> {
  const sentS = now();
  const { backends = [] } = await node.powStatus();
  const own = backends.filter(
    (replica) => isGenerating(replica) && replica.config?.public_key === ownPublicKey,
  );
  return {
    sentS,
    receivedS: now(),
    replicas: own.map(({ port, stats }) => ({ port, processed: stats?.total_processed ?? 0 })),
  };
}

async function stop({ node, patience, signal }: Tester): Promise<Pick<Generated, 'stopSeconds' | 'left'>> {
  const asked = performance.now();
  const seconds = () => (performance.now() - asked) / 1000;
  await node.stopGeneration();
  for (;;) {
    const { backends = [] } = await node.powStatus();
    const left = backends.filter(isGenerating).map(({ port }) => port);
    if (left.length === 0) return { stopSeconds: seconds(), left };
    if (seconds() > patience * STOP_LIMIT_S) return { stopSeconds: null, left };
    await pause(patience * LOOK_MS, signal);
  }
}

/** A rate with the bounds that follow from the times of the polls. */
export interface Rate {
  perSecond: number;
  low: number;
  high: number;
}

/** One poll of one replica. */
interface OwnLook {
  sentS: number;
  receivedS: number;
  processed: number;
}

/**
 * The rate of one replica. Its counter changes batch by batch: between two polls alone, one batch more or
 * less would be an error of many percent. So the rate is bounded in two ways, between two changes of the
 * counter and between two quick polls, and both bounds apply.
 *
 * @param from and to: seconds since the start
 * @returns null if the counter did not change twice
 */
export function rateOf(looks: readonly CounterLook[], port: number, from: number, to: number): Rate | null {
  const own = looks
    .filter(({ sentS }) => sentS >= from && sentS <= to)
    .flatMap(({ sentS, receivedS, replicas }): OwnLook[] => {
      const entry = replicas.find((replica) => replica.port === port);
      return entry === undefined ? [] : [{ sentS, receivedS, processed: entry.processed }];
    });
  // The counter changed at some time between the poll before and this one.
  const changes = own.flatMap((look, at) => {
    const before = own[at - 1];
    return before === undefined || look.processed <= before.processed
      ? []
      : [{ ...look, sentS: before.sentS, step: look.processed - before.processed }];
  });
  if (changes.length < 2) return null;
  const batch = changes.reduce((divisor, { step }) => greatestDivisor(divisor, step), 0);
  const between = [bounds(changes, 0), bounds(own, batch)];
  const low = largest(between.map((rate) => rate.low));
  const high = smallest(between.map((rate) => rate.high));
  return { perSecond: high === Number.POSITIVE_INFINITY ? low : (low + high) / 2, low, high };
}

/**
 * The rate from two polls: the quickest of the first quarter, and the quickest of the last.
 *
 * @param slack number of nonces by which the counter may lag
 */
function bounds(looks: OwnLook[], slack: number): { low: number; high: number } {
  const quarter = Math.max(1, Math.floor(looks.length / 4));
  const quickest = (some: OwnLook[]) =>
    some.reduce((a, b) => (b.receivedS - b.sentS < a.receivedS - a.sentS ? b : a));
  const first = quickest(looks.slice(0, quarter));
  const last = quickest(looks.slice(-quarter));
  const count = last.processed - first.processed;
  const shortest = last.sentS - first.receivedS;
  return {
    low: Math.max(0, count - slack) / (last.receivedS - first.sentS),
    high: shortest > 0 ? (count + slack) / shortest : Number.POSITIVE_INFINITY,
  };
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** Seconds from the start until a replica's counter was above 0; null: never. */
export function firstNonceSeconds(looks: readonly CounterLook[], port: number): number | null {
  const first = looks.find(({ replicas }) =>
    replicas.some((replica) => replica.port === port && replica.processed > 0),
  );
  return first?.receivedS ?? null;
}

/** Memory in use over all GPUs, in megabytes; null: the node does not report it. */
export async function usedMemoryMb({ node }: Pick<Tester, 'node'>): Promise<number | null> {
  const found = await node.gpuDevices();
  const used = (found?.devices ?? []).map(({ used_memory_mb }) => used_memory_mb);
  if (used.length === 0 || used.some((mb) => mb == null)) return null;
  return used.reduce<number>((sum, mb) => sum + (mb as number), 0);
}

/** Replicas in rotation, and replicas that the node lists with an error. */
export async function rotation({
  node,
}: Pick<Tester, 'node'>): Promise<{ ports: number[]; broken: number[] }> {
  try {
    const { backends = [] } = await node.powStatus();
    const of = (isBroken: boolean) =>
      backends
        .filter(({ status }) => (status === 'ERROR') === isBroken)
        .map(({ port }) => port)
        .sort((a, b) => a - b);
    return { ports: of(false), broken: of(true) };
  } catch (error) {
    if (error instanceof HttpFault && error.status === 503) return { ports: [], broken: [] };
    throw error;
  }
}

/**
 * Waits until this many replicas are in rotation: one that misses a health probe returns with the next good
 * one.
 *
 * @returns the ports at the end of the wait
 */
export async function settled(tester: Tester, wanted: readonly number[], seconds = 30): Promise<number[]> {
  const end = performance.now() + 1000 * tester.patience * seconds;
  for (;;) {
    const { ports } = await rotation(tester);
    if (wanted.every((port) => ports.includes(port)) || performance.now() > end) return ports;
    await pause(tester.patience * 1_000, tester.signal);
  }
}

/** @throws AssayError when no replica is in rotation */
export async function requireRotation(tester: Tester): Promise<number[]> {
  const { ports } = await rotation(tester);
  if (ports.length > 0) return ports;
  throw new AssayError('the node has no replica in rotation', { advice: "look into the node's log" });
}
