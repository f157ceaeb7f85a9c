import { compareMillion } from './compare-million.js';
import type { BenchItem } from './item.js';
import { kernelsMillion } from './kernels-million.js';
import { commandHelp, goldenVerify, help, version } from './start-up.js';

/** Every bench, in the order of the table. */
export const items: BenchItem[] = [version, help, commandHelp, goldenVerify, kernelsMillion, compareMillion];
