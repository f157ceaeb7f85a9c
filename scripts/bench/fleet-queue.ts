import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { FleetReport } from '../../src/fleet/model.js';
import type { MlNodeSimulator } from '../../src/simulator/mlnode/index.js';
import { type RealRedis, startRedis } from '../../test/support/redis.js';
import { NODES, startNodes, validateAll } from './fleet.js';
import type { BenchItem } from './item.js';
import { assayPath } from './process.js';
import { KIMI } from './simulated.js';

const SITES = ['a', 'b'];
const PROBE_ONLY = ['--skip-download', '--skip-deploy', '--skip-throughput', '--no-self-check'];

let nodes: MlNodeSimulator[] = [];
let redis: RealRedis;
let folder: string;
let workers: ReturnType<typeof startWorker>[] = [];
let runs = 0;

export const fleetQueue: BenchItem = {
  name: 'fleet-200-queue',
  title: `the same ${NODES} nodes through a queue, two workers at two sites`,
  yardstick: 'one node alone, in one process',
  rounds: 3,
  async prepare() {
    nodes = await startNodes();
    redis = await startRedis('bench');
    folder = await mkdtemp(join(tmpdir(), 'assay-bench-'));
    await writeFile(
      join(folder, 'fleet.yaml'),
      JSON.stringify({
        model: KIMI,
        sites: Object.fromEntries(SITES.map((site) => [site, {}])),
        nodes: nodes.map(({ url }, at) => ({ id: `n${at}`, site: SITES[at % SITES.length], url })),
      }),
    );
    workers = SITES.map(startWorker);
  },
  async measure() {
    const args = [
      'fleet',
      'validate',
      'fleet.yaml',
      ...PROBE_ONLY,
      '--quiet',
      '--json',
      '--out',
      `run-${runs++}`,
    ];
    const { stdout } = await execa(process.execPath, [assayPath, ...args], { cwd: folder, env: redis.env });
    const report = JSON.parse(stdout) as FleetReport;
    const passed = report.nodes.filter(({ verdict }) => verdict === 'PASS').length;
    if (passed !== NODES) throw new Error(`${passed} of ${NODES} nodes passed`);
    const one = await validateAll(nodes.map(({ url }) => url));
    return { seconds: report.duration_s, figures: { 'in one process': `${one.seconds.toFixed(1)} s` } };
  },
  async measureYardstick() {
    return (await validateAll([nodes[0]?.url as string])).seconds;
  },
  async cleanUp() {
    for (const worker of workers) worker.kill('SIGTERM');
    await Promise.all(workers);
    await redis.close();
    await Promise.all(nodes.map((node) => node.close()));
    await rm(folder, { recursive: true, force: true });
  },
};

function startWorker(site: string) {
  const args = ['fleet', 'worker', '--site', site, '--concurrency', String(NODES)];
  return execa(process.execPath, [assayPath, ...args], {
    cwd: folder,
    env: redis.env,
    reject: false,
    stdout: 'ignore',
    stderr: 'ignore',
  });
}
