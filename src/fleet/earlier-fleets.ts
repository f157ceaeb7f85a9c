import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AssayError } from '../errors.js';
import { parseJson, readRunFile } from '../run/read.js';
import { accept } from '../schemas/accept.js';
import validateReport from '../schemas/generated/fleet-report.js';
import type { FleetNode } from './fleet-file.js';
import type { FleetReport, NodeResult } from './model.js';

/** The result of a node in an earlier fleet. */
export interface EarlierResult extends Pick<NodeResult, 'verdict' | 'l2_mean' | 'duration_s'> {
  /** Start of that fleet, ISO 8601 in UTC. */
  timestamp: string;
  /** Folder of the run; null: no run began. */
  folder: string | null;
}

/** What the fleets in neighbouring folders know of a node. */
export interface EarlierFleets {
  /** Its latest results, oldest first. */
  results: EarlierResult[];
  /** Its last PASS, of any age. */
  lastPass: EarlierResult | null;
}

/** Results kept per node; up to twice as many are held while reading. */
const MOST = 30;

/**
 * The results of each node in the fleets next to this one, from the reports of those fleets.
 *
 * @returns by node id; a node that no fleet had with this model has no entry
 */
export async function earlierFleets(folder: string, nodes: FleetNode[]): Promise<Map<string, EarlierFleets>> {
  const parent = dirname(folder);
  const modelOf = new Map(nodes.map(({ id, model }) => [id, model]));
  const found = new Map<string, EarlierFleets>();
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    if (resolve(path) === resolve(folder)) continue;
    const report = await fleetReportIn(path);
    for (const node of report?.nodes ?? []) {
      if (modelOf.get(node.id) !== node.model) continue;
      const { verdict, l2_mean, duration_s, folder: run } = node;
      const timestamp = (report as FleetReport).timestamp;
      const result = { verdict, l2_mean, duration_s, timestamp, folder: run && join(path, run) };
      found.set(node.id, withResult(found.get(node.id), result));
    }
  }
  return new Map([...found].map(([id, known]) => [id, { ...known, results: latestOf(known.results) }]));
}

function withResult(known: EarlierFleets | undefined, result: EarlierResult): EarlierFleets {
  const results = [...(known?.results ?? []), result];
  const before = known?.lastPass ?? null;
  const isPass = result.verdict === 'PASS' && result.folder !== null;
  const isLater = before === null || before.timestamp < result.timestamp;
  return {
    results: results.length > 2 * MOST ? latestOf(results) : results,
    lastPass: isPass && isLater ? result : before,
  };
}

function latestOf(results: EarlierResult[]): EarlierResult[] {
  return results.toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : 1)).slice(-MOST);
}

/** A folder without a valid fleet report is not used for comparison. */
async function fleetReportIn(folder: string): Promise<FleetReport | undefined> {
  const path = join(folder, 'fleet_report.json');
  if (!existsSync(path)) return undefined;
  try {
    return accept<FleetReport>(validateReport, parseJson(await readRunFile(path), path), path);
  } catch (error) {
    if (error instanceof AssayError) return undefined;
    throw error;
  }
}
