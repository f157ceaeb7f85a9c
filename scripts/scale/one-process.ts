import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FleetReport } from '../../src/fleet/model.js';
import { assayPath, resources } from '../bench/process.js';
import { PROBE_ONLY, type ScaleNode, writeFleetFile, wrongVerdicts } from './fleet.js';

export interface ScaleRun {
  nodes: number;
  /** From the command's start to its end. */
  seconds: number;
  /** Of the validating processes. */
  cpuSeconds: number;
  /** The most that one of them had resident. */
  peakMib: number;
  wrong: string[];
  /** What else is worth telling. */
  more?: string[];
}

/** `assay fleet validate` over all nodes, in one process. */
export async function inOneProcess(
  nodes: ScaleNode[],
  folder: string,
  concurrency?: number,
): Promise<ScaleRun> {
  const path = await writeFleetFile(nodes, folder, concurrency);
  const out = join(folder, `run-${nodes.length}`);
  const args = [assayPath, 'fleet', 'validate', path, ...PROBE_ONLY, '--quiet', '--out', out];
  const begun = performance.now();
  const usage = await resources(args, true);
  const seconds = (performance.now() - begun) / 1000;
  const report = JSON.parse(await readFile(join(out, 'fleet_report.json'), 'utf8')) as FleetReport;
  return { nodes: nodes.length, seconds, ...usage, wrong: wrongVerdicts(nodes, report) };
}
