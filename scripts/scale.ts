/**
 * How the cost of a node grows with their number: fleets of simulated nodes at 8 replicas, each validated by one process
 * (`assay fleet validate`), and with --queue by workers at two sites through a real Redis. Every verdict is checked: of ten
 * nodes one has another model, and one has a replica that computes something else.
 * Usage: npm run scale [-- NODES…] [--queue] [--workers 8] [--all-at-once]     (default: 100 1000)
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startFleet } from './scale/fleet.js';
import { inOneProcess, type ScaleRun } from './scale/one-process.js';
import { throughQueue } from './scale/queue.js';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    queue: { type: 'boolean', default: false },
    workers: { type: 'string', default: '8' },
    'all-at-once': { type: 'boolean', default: false },
  },
});
const counts = (positionals.length === 0 ? ['100', '1000'] : positionals).map(Number);
const folder = await mkdtemp(join(tmpdir(), 'assay-scale-'));
const nodes = await startFleet(Math.max(...counts));
const runs: ScaleRun[] = [];
try {
  for (const count of counts) {
    const some = nodes.slice(0, count);
    const run = values.queue
      ? await throughQueue(some, folder, Number(values.workers))
      : await inOneProcess(some, folder, values['all-at-once'] ? count : undefined);
    console.log(textOf(run));
    runs.push(run);
  }
} finally {
  await Promise.all(nodes.map(({ simulator }) => simulator.close()));
  await rm(folder, { recursive: true, force: true });
}
const [first, last] = [runs[0] as ScaleRun, runs.at(-1) as ScaleRun];
if (first !== last) {
  const ratio = perNode(last) / perNode(first);
  console.log(`a node of ${last.nodes} costs ${ratio.toFixed(2)} of one of ${first.nodes} (to reach: ≤ 1.5)`);
}
const wrong = runs.flatMap((run) => run.wrong);
for (const text of wrong) console.error(text);
process.exitCode = wrong.length > 0 || (first !== last && perNode(last) > 1.5 * perNode(first)) ? 1 : 0;

function perNode({ cpuSeconds, nodes: count }: ScaleRun): number {
  return cpuSeconds / count;
}

function textOf(run: ScaleRun): string {
  const { nodes: count, seconds, cpuSeconds, peakMib, wrong: others } = run;
  return [
    `${count} nodes: ${seconds.toFixed(1)} s`,
    `processor time ${cpuSeconds.toFixed(1)} s, ${((1000 * cpuSeconds) / count).toFixed(0)} ms a node`,
    `peak memory ${peakMib} MiB`,
    `${others.length} wrong verdicts`,
    ...(run.more ?? []),
  ].join(', ');
}
