import { chainCommands } from './chain-commands.js';
import { compareMillion } from './compare-million.js';
import { firstProbe } from './first-probe.js';
import { fleet } from './fleet.js';
import { fleetQueue } from './fleet-queue.js';
import { htmlReport } from './html-report.js';
import type { BenchItem } from './item.js';
import { judging } from './judging.js';
import { kernelsMillion } from './kernels-million.js';
import { probingItems } from './probing.js';
import { commandHelp, goldenVerify, help, version } from './start-up.js';
import { wholeItems } from './whole.js';

/** Every bench, in the order of the table. */
export const items: BenchItem[] = [
  version,
  help,
  commandHelp,
  firstProbe,
  ...wholeItems,
  ...chainCommands,
  goldenVerify,
  ...probingItems,
  kernelsMillion,
  compareMillion,
  fleet,
  fleetQueue,
  htmlReport,
  judging,
];
