import { execa } from 'execa';
import type { BenchItem } from './item.js';
import { assayPath, timeNode } from './process.js';
import { KIMI, probeOnly, type SimulatedSetting, simulated } from './simulated.js';

let setting: SimulatedSetting;

/** From starting the process to the arrival of the first request for vectors. */
export const firstProbe: BenchItem = {
  name: 'first-probe',
  title: '`assay validate` from process start to the first probe request, phases before it skipped',
  yardstick: '`node -e 0`',
  rounds: 15,
  allowed: (seconds) => 3.5 * seconds,
  async prepare() {
    setting = await simulated(KIMI, 2, 20);
  },
  async measure() {
    let arrived = Number.NaN;
    setting.node.faults = ({ endpoint }) => {
      if (endpoint === '/inference/pow/generate' && Number.isNaN(arrived)) arrived = performance.now();
      return undefined;
    };
    const start = performance.now();
    await execa(process.execPath, [assayPath, ...probeOnly(setting)], { stdout: 'ignore', stderr: 'ignore' });
    return { seconds: (arrived - start) / 1000 };
  },
  measureYardstick: () => timeNode(['-e', '0']),
  cleanUp: () => setting.close(),
};
