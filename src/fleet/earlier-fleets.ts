import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AssayError } from '../errors.js';
import { parseJson, readRunFile } from '../run/read.js';
import { accept } from '../schemas/accept.js';
import validateReport from '../schemas/generated/fleet-report.js';
import type { FleetNode } from './fleet-file.js';
import type { FleetReport, NodeResult } from './model.js';

/** What a node came to in an earlier fleet. */
export interface EarlierResult extends Pick<NodeResult, 'verdict' | 'l2_mean' | 'duration_s'> {
  /** When that fleet began, ISO 8601 in UTC. */
  timestamp: string;
  /** Of the run; null where none began. */
  folder: string | null;
}

/** What the fleets beside one know of a node. */
export interface EarlierFleets {
  /** Its latest results, oldest first. */
  results: EarlierResult[];
  /** Its last PASS, however long ago. */
  lastPass: EarlierResult | null;
}

/** Kept of each node; twice as many while they are read. */
const MOST = 30;

/**
 * What each node came to in the fleets beside this one, by the reports of those fleets.
 *
 * @returns by node's id; a node that no fleet has had with this model has none
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

/** What is no report of a fleet is none to compare with. */
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
