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

/** Reads and parses one file after the other; prints the milliseconds of both, and of the parsing alone. */
const PARSE_BOTH = `
const { readFileSync } = require('node:fs');
const start = performance.now();
let parsing = 0;
for (const path of process.argv.slice(1)) {
  const text = readFileSync(path, 'utf8');
  const before = performance.now();
  JSON.parse(text);
  parsing += performance.now() - before;
}
console.log(performance.now() - start, parsing);`;
let readAndParseSeconds = 0;

export const compareMillion: BenchItem = {
  name: 'compare-million',
  title: '`assay compare` of two files of 1,000,000 vectors, process start to end',
  yardstick: '`JSON.parse` of the two files, one after the other, in one thread; reading them not counted',
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
      figures: {
        'peak memory': `${peakMib} MiB`,
        'processor time': `${cpuSeconds.toFixed(2)} s`,
        'ratio with reading counted': (seconds / readAndParseSeconds).toFixed(2),
      },
    };
  },
  async measureYardstick() {
    const { stdout } = await execa(process.execPath, ['-e', PARSE_BOTH, file('a'), file('b')]);
    const [both = 0, parsing = 0] = stdout.split(' ').map(Number);
    readAndParseSeconds = both / 1000;
    return parsing / 1000;
  },
  cleanUp: () => rm(folder, { recursive: true, force: true }),
};
