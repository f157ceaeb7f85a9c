import { goldenFolder } from '../../src/golden/catalog.js';
import type { BenchItem } from './item.js';
import { assayPath, timeNode } from './process.js';

/** A short command from process start to end, against Node's own start. */
function startUp(name: string, args: string[], times: number): BenchItem {
  return {
    name,
    title: `\`assay ${args.join(' ').replace(`${goldenFolder}/`, '')}\``,
    yardstick: '`node -e 0`',
    rounds: 15,
    allowed: (seconds) => times * seconds,
    measure: async () => ({ seconds: await timeNode([assayPath, ...args]) }),
    measureYardstick: () => timeNode(['-e', '0']),
  };
}

export const version = startUp('version', ['--version'], 1.5);
export const help = startUp('help', ['--help'], 2);
export const commandHelp = startUp('command-help', ['compare', '--help'], 2);
export const goldenVerify = startUp(
  'golden-verify',
  ['golden', 'verify', `${goldenFolder}/qwen-qwen3-235b-a22b-instruct-2507-fp8-deepgemm.json`],
  3.5,
);
