import { rateText } from '../../text/figures.js';
import { defineCheck } from '../check.js';
import {
  type Generated,
  generate,
  type Rate,
  rateOf,
  requireRotation,
  STOP_LIMIT_S,
  settled,
  usedMemoryMb,
} from '../generation.js';
import type { Figures, ImageFinding } from '../model.js';
import { changeText, memoryText } from '../text.js';

/** Largest accepted slowdown of a later cycle, compared with the first. */
const RATE_TOLERANCE = 0.05;
/** Largest accepted change of the memory. */
const MEMORY_TOLERANCE = 0.01;
/** A rate that is less exact than this cannot show a change of 5 %. */
const LEAST_EXACT = 0.05;

export interface Cycle extends Pick<Generated, 'startedOn' | 'refused' | 'stopSeconds' | 'left'> {
  rates: { port: number; rate: Rate | null }[];
  memoryMb: number | null;
  /** In rotation after the stop. */
  ports: number[];
}

export interface CycleFacts {
  /** In rotation before the first cycle. */
  ports: number[];
  memoryMb: number | null;
  cycles: Cycle[];
}

export const cycleCheck = defineCheck<CycleFacts>({
  name: 'cycle',
  title: 'Repeated PoC: every replica generates, stops and returns',
  why: 'A node has a PoC every day. If each PoC costs a replica, memory or speed, the node fails after a few days.',
  limitSeconds: ({ cycles, measureSeconds, warmupSeconds }) =>
    cycles * (measureSeconds + 2 * warmupSeconds + 180),
  async gather(tester) {
    const { inputs } = tester;
    const ports = await requireRotation(tester);
    // The first PoC after a start is slower, and uses memory that is not freed.
    await generate(tester, inputs.warmupSeconds);
    const memoryMb = await usedMemoryMb(tester);
    const cycles: Cycle[] = [];
    for (let cycle = 0; cycle < inputs.cycles; cycle++) cycles.push(await runCycle(tester, ports));
    return { ports, memoryMb, cycles };
  },
  judge: judgeCycles,
  figures: figuresOfCycles,
});

/** Rate and memory, by cycle. */
export function figuresOfCycles({ cycles }: Pick<CycleFacts, 'cycles'>): Figures {
  return {
    cycles: cycles.map(({ rates, memoryMb }, index) => ({
      cycle: index + 1,
      rates: rates.map(({ port, rate }) => ({ port, perSecond: rate?.perSecond ?? null })),
      memoryMb,
    })),
  };
}

/** One PoC, from its start until the replicas are back in rotation. */
export async function runCycle(
  tester: Parameters<typeof generate>[0],
  ports: number[],
  during?: () => Promise<unknown>,
): Promise<Cycle> {
  const { warmupSeconds, measureSeconds } = tester.inputs;
  const seconds = warmupSeconds + measureSeconds;
  const { looks, startedOn, refused, stopSeconds, left } = await generate(tester, seconds, during);
  return {
    startedOn,
    refused,
    stopSeconds,
    left,
    rates: ports.map((port) => ({ port, rate: rateOf(looks, port, warmupSeconds, seconds) })),
    ports: await settled(tester, ports),
    memoryMb: await usedMemoryMb(tester),
  };
}

/** Findings from the cycles for each replica, and for the node. */
export function judgeCycles({ ports, memoryMb, cycles }: CycleFacts): ImageFinding[] {
  return [
    judgeStops(cycles),
    judgeMemory(memoryMb, cycles),
    ...ports.map((port) => judgeReplica(port, cycles)),
  ];
}

function judgeStops(cycles: Cycle[]): ImageFinding {
  const late = cycles.flatMap(({ stopSeconds, left }, index) =>
    stopSeconds === null
      ? [`cycle ${index + 1}: replica ${left.join(', ')} still generated after ${STOP_LIMIT_S} s`]
      : [],
  );
  const slowest = Math.max(0, ...cycles.map(({ stopSeconds }) => stopSeconds ?? 0));
  if (late.length === 0)
    return {
      replica: null,
      outcome: 'pass',
      evidence: `every stop ended the PoC within ${slowest.toFixed(1)} s`,
    };
  return {
    replica: null,
    outcome: 'fail',
    evidence: late.join('; '),
    advice: 'chats wait for the PoC to end: find out why the stop takes long',
  };
}

function judgeMemory(before: number | null, cycles: Cycle[]): ImageFinding {
  const after = cycles.map(({ memoryMb }) => memoryMb);
  if (before === null || after.some((mb) => mb === null)) {
    return {
      replica: null,
      outcome: 'unknown',
      evidence: 'the node does not report the GPU memory in use (GET /gpu/devices)',
      advice: 'look at nvidia-smi before and after the cycles, or skip the check with --skip',
    };
  }
  const last = after.at(-1) as number;
  const change = changeText(last / before);
  const isBack = Math.abs(last / before - 1) <= MEMORY_TOLERANCE;
  return {
    replica: null,
    outcome: isBack ? 'pass' : 'fail',
    evidence: `GPU memory in use: ${memoryText(before)} before, ${memoryText(last)} after ${cycles.length} cycles (${change})`,
    ...(!isBack && { advice: 'find out which memory a PoC allocates and does not free' }),
  };
}

function judgeReplica(port: number, cycles: Cycle[]): ImageFinding {
  const fail = (evidence: string, advice: string): ImageFinding => ({
    replica: port,
    outcome: 'fail',
    evidence,
    advice,
  });
  const at = (index: number) => `cycle ${index + 1}`;
  for (const [index, { startedOn, refused, ports, rates }] of cycles.entries()) {
    if (!startedOn.includes(port)) {
      const reason = refused.find((one) => one.port === port)?.reason ?? 'it was not in rotation';
      return fail(`${at(index)}: it did not start to generate: ${reason}`, "look into the node's log");
    }
    if (!ports.includes(port))
      return fail(
        `${at(index)}: it did not come back into rotation after the stop`,
        "look into the node's log",
      );
    if (rates.every((one) => one.port !== port))
      return fail(`${at(index)}: it generated nothing`, 'see its log');
  }
  const rates = cycles.map((cycle) => cycle.rates.find((one) => one.port === port)?.rate ?? null);
  const none = rates.indexOf(null);
  if (none >= 0)
    return fail(`${at(none)}: its counter did not move`, "look into the node's log for a hung engine");
  return judgeRates(port, rates as Rate[]);
}

function judgeRates(port: number, rates: Rate[]): ImageFinding {
  const first = rates[0] as Rate;
  const told = rates.map(({ perSecond }) => rateText(perSecond)).join(', ');
  const fallen = rates.findIndex(({ high }) => high < (1 - RATE_TOLERANCE) * first.low);
  if (fallen >= 0) {
    const change = changeText((rates[fallen] as Rate).perSecond / first.perSecond);
    return {
      replica: port,
      outcome: 'fail',
      evidence: `${told}: cycle ${fallen + 1} is ${change} from the first`,
      advice: 'check whether GPU clocks fall with heat, and whether work of the PoC still runs',
    };
  }
  const inexact = rates.some(({ low, high, perSecond }) => (high - low) / 2 > 2 * LEAST_EXACT * perSecond);
  return inexact
    ? {
        replica: port,
        outcome: 'unknown',
        evidence: `${told}, which is not exact enough to see 5 %`,
        advice: 'give a longer --measure-seconds',
      }
    : { replica: port, outcome: 'pass', evidence: `generated ${told}` };
}
