import { execa } from 'execa';
import { loadGoldenByName } from '../../src/golden/catalog.js';
import { packageRoot } from '../../src/paths.js';
import { type MlNodeSimulator, startMlNodeSimulator } from '../../src/simulator/mlnode/index.js';
import type { BenchItem } from './item.js';
import { KIMI } from './simulated.js';

/** How many make a fleet. */
export const NODES = 200;
let nodes: MlNodeSimulator[] = [];

/** Validates every node of its arguments at once, and prints seconds, processor time and peak memory. */
const VALIDATE_ALL = `
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validateNode } from '${packageRoot}/dist/index.js';
const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
const start = performance.now();
const results = await Promise.all(process.argv.slice(1).map((mlnodeUrl, i) =>
  validateNode({
    mlnodeUrl, model: '${KIMI}', expDir: join(folder, String(i)),
    skipDownload: true, skipDeploy: true, skipThroughput: true, skipSelfCheck: true,
  })));
const seconds = (performance.now() - start) / 1000;
rmSync(folder, { recursive: true });
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
const passed = results.filter(({ report }) => report.verdict === 'PASS').length;
console.log(JSON.stringify({ seconds, cpu: (userCPUTime + systemCPUTime) / 1e6, maxRSS, passed }));`;

/** Validates the nodes in one process, all at once. */
export async function validateAll(urls: string[]) {
  const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', VALIDATE_ALL, ...urls]);
  const result = JSON.parse(stdout) as { seconds: number; cpu: number; maxRSS: number; passed: number };
  if (result.passed !== urls.length) throw new Error(`${result.passed} of ${urls.length} nodes passed`);
  return result;
}

/** A fleet of simulated nodes with two replicas each. */
export async function startNodes(): Promise<MlNodeSimulator[]> {
  const golden = await loadGoldenByName(KIMI);
  return Promise.all(
    Array.from({ length: NODES }, () =>
      startMlNodeSimulator({ replicas: ['honest', 'honest'], batchTimeMs: 20, model: KIMI, golden }),
    ),
  );
}

export const fleet: BenchItem = {
  name: 'fleet-200',
  title: `${NODES} nodes validated from one process, 2 replicas each, 20 ms a batch`,
  yardstick: 'one node alone, in the same way',
  rounds: 3,
  async prepare() {
    nodes = await startNodes();
  },
  async measure() {
    const { seconds, cpu, maxRSS } = await validateAll(nodes.map(({ url }) => url));
    return {
      seconds,
      figures: {
        'peak memory': `${Math.round(maxRSS / 1024)} MiB`,
        'processor share': `${Math.round((100 * cpu) / seconds)} %`,
      },
    };
  },
  async measureYardstick() {
    return (await validateAll([nodes[0]?.url as string])).seconds;
  },
  async cleanUp() {
    await Promise.all(nodes.map((node) => node.close()));
  },
};
