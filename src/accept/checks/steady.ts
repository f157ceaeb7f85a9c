import { pause } from '../../http/retry.js';
import { rateText } from '../../text/figures.js';
import { defineCheck } from '../check.js';
import { generate, type Rate, rateOf, requireRotation, usedMemoryMb } from '../generation.js';
import type { ImageFinding, PartFigure } from '../model.js';
import { changeText } from '../text.js';

const TOLERANCE = 0.05;
/** Parts of the measurement that the page draws. */
const PARTS = 6;

interface Facts {
  seconds: number;
  replicas: { port: number; whole: Rate | null; firstHalf: Rate | null; secondHalf: Rate | null }[];
  parts: PartFigure[];
}

export const steadyCheck = defineCheck<Facts>({
  name: 'steady',
  title: 'The rate is steady, and the same on every replica',
  why: 'Weight counts what a node computes in a whole PoC. A falling rate or a slow replica loses weight.',
  limitSeconds: ({ measureSeconds, warmupSeconds }) => measureSeconds + 2 * warmupSeconds + 300,
  async gather(tester) {
    const { warmupSeconds, measureSeconds } = tester.inputs;
    const ports = await requireRotation(tester);
    // After an engine's start the first run is about 12 % low, so it does not count.
    await generate(tester, warmupSeconds);
    const partSeconds = measureSeconds / PARTS;
    const memory: (number | null)[] = [];
    const { looks } = await generate(tester, warmupSeconds + measureSeconds, async () => {
      await pause(1000 * warmupSeconds, tester.signal);
      for (let part = 0; part < PARTS; part++) {
        await pause(1000 * partSeconds, tester.signal);
        memory.push(await usedMemoryMb(tester));
      }
    });
    const rate = (port: number, from: number, to: number) =>
      rateOf(looks, port, warmupSeconds + from * measureSeconds, warmupSeconds + to * measureSeconds);
    return {
      seconds: measureSeconds,
      replicas: ports.map((port) => ({
        port,
        whole: rate(port, 0, 1),
        firstHalf: rate(port, 0, 0.5),
        secondHalf: rate(port, 0.5, 1),
      })),
      parts: memory.map((memoryMb, part) => ({
        untilS: (part + 1) * partSeconds,
        rates: ports.map((port) => ({
          port,
          perSecond: rate(port, part / PARTS, (part + 1) / PARTS)?.perSecond ?? null,
        })),
        memoryMb,
      })),
    };
  },
  figures: ({ parts }) => ({ parts }),
  judge({ seconds, replicas }) {
    const measured = replicas.flatMap(({ port, whole }) => (whole === null ? [] : [{ port, whole }]));
    const best = measured.reduce<(typeof measured)[number] | null>(
      (a, b) => (a === null || b.whole.perSecond > a.whole.perSecond ? b : a),
      null,
    );
    return replicas.map(({ port, whole, firstHalf, secondHalf }): ImageFinding => {
      if (whole === null || best === null) {
        return {
          replica: port,
          outcome: 'fail',
          evidence: `its counter did not move twice within ${seconds} s`,
          advice: "look into the node's log for a hung engine, or give a longer --measure-seconds",
        };
      }
      const told = `${rateText(whole.perSecond)} over ${seconds} s`;
      if (whole.high < (1 - TOLERANCE) * best.whole.low) {
        const change = changeText(whole.perSecond / best.whole.perSecond);
        return {
          replica: port,
          outcome: 'fail',
          evidence: `${told}, ${change} against replica ${best.port}`,
          advice: 'look at the GPUs of this replica: clocks, heat, a link that is slower',
        };
      }
      if (firstHalf === null || secondHalf === null) {
        return {
          replica: port,
          outcome: 'unknown',
          evidence: `${told}; half of that time is too short to see a drift`,
          advice: 'give a longer --measure-seconds',
        };
      }
      const drift = changeText(secondHalf.perSecond / firstHalf.perSecond);
      const falls = secondHalf.high < (1 - TOLERANCE) * firstHalf.low;
      return {
        replica: port,
        outcome: falls ? 'fail' : 'pass',
        evidence: `${told}, second half against the first ${drift}`,
        ...(falls && { advice: 'look for clocks that fall with heat or power' }),
      };
    });
  },
});
