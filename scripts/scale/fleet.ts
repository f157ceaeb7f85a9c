import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FleetReport } from '../../src/fleet/model.js';
import { loadGoldenByName } from '../../src/golden/catalog.js';
import type { Verdict } from '../../src/run/report.js';
import { type MlNodeSimulator, startMlNodeSimulator } from '../../src/simulator/mlnode/index.js';
import type { ProfileName } from '../../src/simulator/mlnode/profiles/index.js';
import { KIMI } from '../bench/simulated.js';

const REPLICAS = 8;
export const SITES = ['a', 'b'];

/** Nothing but the probe, over every replica. */
export const PROBE_ONLY = ['--skip-download', '--skip-deploy', '--skip-throughput', '--no-self-check'];

export interface ScaleNode {
  id: string;
  site: string;
  simulator: MlNodeSimulator;
  expected: Verdict;
}

/** Of each ten nodes one has another model, and one has one bad replica. */
export async function startFleet(count: number): Promise<ScaleNode[]> {
  const golden = await loadGoldenByName(KIMI);
  return Promise.all(
    Array.from({ length: count }, async (_, at): Promise<ScaleNode> => {
      const [all, last]: ProfileName[] = (
        { 3: ['unrelated', 'unrelated'], 7: ['honest', 'unrelated'] } as Record<number, ProfileName[]>
      )[at % 10] ?? ['honest', 'honest'];
      const replicas = [
        ...new Array<ProfileName>(REPLICAS - 1).fill(all as ProfileName),
        last as ProfileName,
      ];
      const simulator = await startMlNodeSimulator({ replicas, batchTimeMs: 20, model: KIMI, golden });
      const expected = all === 'honest' && last === 'honest' ? 'PASS' : 'FAIL';
      return { id: `n${at}`, site: SITES[at % SITES.length] as string, simulator, expected };
    }),
  );
}

/** Writes the fleet file of some nodes. @returns its path */
export async function writeFleetFile(
  nodes: ScaleNode[],
  folder: string,
  concurrency?: number,
): Promise<string> {
  const path = join(folder, `fleet-${nodes.length}.yaml`);
  const file = {
    model: KIMI,
    ...(concurrency !== undefined && { concurrency }),
    sites: Object.fromEntries(SITES.map((site) => [site, {}])),
    nodes: nodes.map(({ id, site, simulator: { url } }) => ({ id, site, url })),
  };
  await writeFile(path, JSON.stringify(file));
  return path;
}

/** Each verdict that is not the node's own. */
export function wrongVerdicts(nodes: ScaleNode[], report: FleetReport): string[] {
  const found = new Map(report.nodes.map((node) => [node.id, node]));
  return nodes.flatMap(({ id, expected }) => {
    const node = found.get(id);
    if (node?.verdict === expected) return [];
    return [`${id}: ${node?.verdict ?? 'missing'} in place of ${expected}: ${node?.verdict_reason ?? ''}`];
  });
}
