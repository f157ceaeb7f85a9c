import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { FleetReport } from '../../src/fleet/model.js';
import { startRedis } from '../../test/support/redis.js';
import { assayPath } from '../bench/process.js';
import { PROBE_ONLY, type ScaleNode, SITES, writeFleetFile, wrongVerdicts } from './fleet.js';
import type { ScaleRun } from './one-process.js';

/** Each process tells what it used as its last words; of a worker thread's end nothing is told. */
const AT_EXIT =
  'import{isMainThread as m}from"node:worker_threads";m&&process.on("exit",()=>process._rawDebug("usage="+JSON.stringify(process.resourceUsage())))';

/** The same over a queue: so many workers, dealt out to the sites, and a real Redis. */
export async function throughQueue(nodes: ScaleNode[], folder: string, workers: number): Promise<ScaleRun> {
  const redis = await startRedis('scale');
  const run = (args: string[]) =>
    execa(process.execPath, [`--import=data:text/javascript,${AT_EXIT}`, assayPath, ...args], {
      cwd: folder,
      env: redis.env,
      reject: false,
      stdin: 'ignore',
      stdout: 'ignore',
    });
  const started = Array.from({ length: workers }, (_, at) => {
    const site = SITES[at % SITES.length] as string;
    return run(['fleet', 'worker', '--site', site, '--work-dir', join(folder, `w${nodes.length}-${at}`)]);
  });
  try {
    const path = await writeFleetFile(nodes, folder);
    const out = join(folder, `queued-${nodes.length}`);
    const begun = performance.now();
    const command = await run(['fleet', 'validate', path, ...PROBE_ONLY, '--quiet', '--out', out]);
    const seconds = (performance.now() - begun) / 1000;
    const peakOfRedis = /used_memory_peak:(\d+)/.exec(await redis.client.info('memory'))?.[1];
    for (const worker of started) worker.kill('SIGTERM');
    const ended = await Promise.all(started);
    if (command.failed && command.exitCode !== 2) throw new Error(command.stderr.slice(-2000));
    const usages = [command, ...ended].map(({ stderr }) => usageOf(stderr));
    const report = JSON.parse(await readFile(join(out, 'fleet_report.json'), 'utf8')) as FleetReport;
    return {
      nodes: nodes.length,
      seconds,
      cpuSeconds: usages.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
      peakMib: Math.max(...usages.map(({ peakMib }) => peakMib)),
      wrong: wrongVerdicts(nodes, report),
      more: [
        `the command ${usages[0]?.cpuSeconds.toFixed(1)} s and ${usages[0]?.peakMib} MiB of it`,
        `Redis at most ${Math.round(Number(peakOfRedis) / 2 ** 20)} MiB`,
      ],
    };
  } finally {
    for (const worker of started) worker.kill('SIGTERM');
    await Promise.all(started);
    await redis.close();
  }
}

function usageOf(stderr: string): { cpuSeconds: number; peakMib: number } {
  const found = /usage=(.*)/.exec(stderr)?.[1];
  if (found === undefined) throw new Error(`a process told no usage:\n${stderr.slice(-2000)}`);
  const usage = JSON.parse(found) as NodeJS.ResourceUsage;
  return {
    cpuSeconds: (usage.userCPUTime + usage.systemCPUTime) / 1e6,
    peakMib: Math.round(usage.maxRSS / 1024),
  };
}
