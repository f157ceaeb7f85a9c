import { stat } from 'node:fs/promises';
import { execa } from 'execa';
import type { BenchItem } from './item.js';
import { assayPath, timeNode } from './process.js';
import { DEEPGEMM, probeOnly, type SimulatedSetting, simulated } from './simulated.js';

let setting: SimulatedSetting;
let run = '';

export const htmlReport: BenchItem = {
  name: 'html-report',
  title: '`assay report --format html` of 2,000 nonces, process start to end',
  yardstick: '`node -e 0`',
  rounds: 7,
  // The limit is a second, whatever Node's start takes.
  allowed: () => 1,
  async prepare() {
    setting = await simulated(DEEPGEMM, 2, 5);
    const args = probeOnly(setting);
    run = args.find((arg) => arg.startsWith('--exp-dir='))?.slice('--exp-dir='.length) ?? '';
    await execa(process.execPath, [assayPath, ...args], { stdout: 'ignore', stderr: 'ignore' });
  },
  async measure() {
    const out = `${run}/report.html`;
    const seconds = await timeNode([assayPath, 'report', run, '--format=html', `--out=${out}`]);
    const { size } = await stat(out);
    return { seconds, figures: { size: `${(size / 1e6).toFixed(2)} MB` } };
  },
  measureYardstick: () => timeNode(['-e', '0']),
  cleanUp: () => setting.close(),
};
