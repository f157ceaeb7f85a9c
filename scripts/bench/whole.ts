import { execa } from 'execa';
import type { ValidateReport } from '../../src/run/report.js';
import type { MlNodeSimulatorOptions } from '../../src/simulator/mlnode/index.js';
import type { BenchItem } from './item.js';
import { assayPath, resources, timeNode } from './process.js';
import { DEEPGEMM, KIMI, probeOnly, type SimulatedSetting, simulated } from './simulated.js';

/** A node that answers at once: a batch takes it a tenth of a millisecond. */
const AT_ONCE_MS = 0.1;
const NOTHING = ['-e', '0'];

let setting: SimulatedSetting;
const cleanUp = () => setting.close();

/** The whole of a command whose node costs no time, against Node's own start. */
export const validateWall: BenchItem = {
  name: 'validate-probe',
  title: '`assay validate`, probe only, node answers at once, process start to end',
  yardstick: '`node -e 0`',
  rounds: 15,
  allowed: (seconds) => 5 * seconds,
  async prepare() {
    setting = await simulated(KIMI, 2, AT_ONCE_MS);
  },
  measure: async () => ({ seconds: await timeNode([assayPath, ...probeOnly(setting)]) }),
  measureYardstick: () => timeNode(NOTHING),
  cleanUp,
};

/** Processor time and memory of the same; memory is a figure beside it, against Node's own. */
function validateResources(name: string, reference: string, nonces: string, times?: number): BenchItem {
  let nodeMib = 0;
  return {
    name,
    title: `the same with ${nonces} nonces: processor time`,
    yardstick: 'processor time of `node -e 0`',
    rounds: 9,
    ...(times !== undefined && { allowed: (seconds: number) => times * seconds }),
    async prepare() {
      setting = await simulated(reference, 2, AT_ONCE_MS);
    },
    async measure() {
      const { cpuSeconds, peakMib } = await resources([assayPath, ...probeOnly(setting)]);
      return {
        seconds: cpuSeconds,
        figures: { 'peak memory': `${peakMib} MiB, ${(peakMib / nodeMib).toFixed(2)} times that of Node` },
      };
    },
    async measureYardstick() {
      const { cpuSeconds, peakMib } = await resources(NOTHING);
      nodeMib = peakMib;
      return cpuSeconds;
    },
    cleanUp,
  };
}

/** A command against its node's own times. */
function againstLimit(
  item: Pick<BenchItem, 'name' | 'title' | 'yardstick' | 'allowed'>,
  node: Partial<MlNodeSimulatorOptions> & { batchTimeMs: number },
  limit: number,
  flags: (setting: SimulatedSetting) => string[],
): BenchItem {
  return {
    ...item,
    rounds: 5,
    async measure() {
      // A new node each time: one that was used has its model up already.
      const setting = await simulated(KIMI, 2, node.batchTimeMs, node);
      try {
        return { seconds: await timeOf(flags(setting)) };
      } finally {
        await setting.close();
      }
    },
    measureYardstick: async () => limit,
  };
}

/** Seconds of a validation of 200 vectors that must pass. */
async function timeOf(args: string[]): Promise<number> {
  const start = performance.now();
  const { stdout } = await execa(process.execPath, [assayPath, ...args], { stderr: 'ignore' });
  const seconds = (performance.now() - start) / 1000;
  const { verdict, validation } = JSON.parse(stdout) as ValidateReport;
  if (verdict !== 'PASS' || validation?.response.n_total !== 200) throw new Error(`${verdict}: ${stdout}`);
  return seconds;
}

const without = (args: string[], ...flags: string[]) => args.filter((arg) => !flags.includes(arg));

/** Seven batches on two replicas, and one more on each for the node's own check. */
const selfCheckLimit = 4 * 0.5 + 0.5;
export const validateSelfCheck = againstLimit(
  {
    name: 'validate-self-check',
    title: '200 vectors, 2 replicas, 0.5 s a batch, self-check included, process start to end',
    yardstick: `the limit ${selfCheckLimit} s`,
    allowed: (limit) => 1.05 * limit + 0.5,
  },
  { batchTimeMs: 500 },
  selfCheckLimit,
  (made) => without(probeOnly(made), '--no-self-check'),
);

/** Load, warm-up, measuring, and seven batches on two replicas; the weights are on the node. */
const phasesLimit = 1 + 1 + 4 + 4 * 0.25;
export const validatePhases = againstLimit(
  {
    name: 'validate-phases',
    title: 'all four phases: weights there, load 1 s, 1 s warm-up, 4 s measured, 2 replicas, 0.25 s a batch',
    yardstick: `the limit ${phasesLimit} s`,
    allowed: (limit) => 1.03 * limit + 0.7,
  },
  {
    ...{ batchTimeMs: 250, up: false, loadTimeMs: 1000 },
    ...{ healthIntervalMs: 50, joinIntervalMs: 10 },
  },
  phasesLimit,
  (made) => [
    ...without(probeOnly(made), '--skip-download', '--skip-deploy', '--skip-throughput'),
    ...['--warmup-seconds=1', '--measure-seconds=4', '--gpu=B200'],
  ],
);

export const wholeItems: BenchItem[] = [
  validateWall,
  validateResources('validate-resources-200', KIMI, '200', 7),
  validateResources('validate-resources-2000', DEEPGEMM, '2,000'),
  validateSelfCheck,
  validatePhases,
];
