import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { BenchItem } from './item.js';
import { writeMillionFiles } from './million-files.js';
import { assayPath, resources, timeNode } from './process.js';

let folder = '';
const file = (name: string) => join(folder, `${name}.json`);
const command = () => [assayPath, 'compare', file('a'), file('b'), '--json'];

/** Parses both texts, which are in memory already, and prints the milliseconds of that alone. */
const PARSE_BOTH = `
const { readFileSync } = require('node:fs');
const texts = process.argv.slice(1).map((path) => readFileSync(path, 'utf8'));
const start = performance.now();
for (const text of texts) JSON.parse(text);
console.log(performance.now() - start);`;

export const compareMillion: BenchItem = {
  name: 'compare-million',
  title: '`assay compare` of two files of 1,000,000 vectors, process start to end',
  yardstick: '`JSON.parse` of the two texts in one thread, reading them not counted',
  rounds: 7,
  allowed: (seconds) => 0.8 * seconds,
  async prepare() {
    folder = await mkdtemp(join(tmpdir(), 'assay-bench-'));
    await writeMillionFiles(file('a'), file('b'), 1_000_000);
  },
  async measure() {
    const seconds = await timeNode(command());
    const { peakMib, cpuSeconds } = await resources(command());
    return {
      seconds,
      figures: { 'peak memory': `${peakMib} MiB`, 'processor time': `${cpuSeconds.toFixed(2)} s` },
    };
  },
  async measureYardstick() {
    const { stdout } = await execa(process.execPath, ['-e', PARSE_BOTH, file('a'), file('b')]);
    return Number(stdout) / 1000;
  },
  cleanUp: () => rm(folder, { recursive: true, force: true }),
};
