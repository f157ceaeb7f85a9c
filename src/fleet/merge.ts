import { join, relative } from 'node:path';
import { AssayError } from '../errors.js';
import { largest } from '../extremes.js';
import { worstExitCode } from '../run/exit-code.js';
import { parseJson, readRunFile } from '../run/read.js';
import { accept } from '../schemas/accept.js';
import validateReport from '../schemas/generated/fleet-report.js';
import { counted } from '../text/figures.js';
import { packageVersion } from '../version.js';
import { fleetReportOf } from './fleet-report.js';
import type { FleetReport } from './model.js';
import { REPORT_FILE } from './write-reports.js';

/** A fleet's report and its folder. */
export interface FoundReport {
  folder: string;
  report: FleetReport;
}

/** Reads and checks the report of a fleet's folder. */
export async function readFleetReport(folder: string): Promise<FoundReport> {
  const path = join(folder, REPORT_FILE);
  const report = accept<FleetReport>(validateReport, parseJson(await readRunFile(path), path), path);
  return { folder, report };
}

/**
 * Merges several reports into one: the shards of a fleet, or several fleets. If a shard is missing, the
 * verdict is INCOMPLETE or worse.
 *
 * @param parts at least one
 * @param out the folder of the new report: the nodes' folders are given relative to it
 * @throws AssayError when a node is in two parts
 */
export function mergeReports(parts: FoundReport[], out: string): FleetReport {
  requireDistinct(parts);
  const reports = parts.map(({ report }) => report);
  const missing = missingShards(reports);
  const merged = fleetReportOf(
    {
      harness_version: packageVersion(),
      name: [...new Set(reports.map(({ name }) => name))].join(', '),
      shard: null,
      timestamp: reports.map(({ timestamp }) => timestamp).sort()[0] as string,
      duration_s: largest(reports.map(({ duration_s }) => duration_s)),
      warnings: [...reports.flatMap(({ warnings }) => warnings), ...missing],
    },
    parts.flatMap(({ folder, report }) =>
      report.nodes.map((node) => ({
        ...node,
        folder: node.folder === null ? null : relative(out, join(folder, node.folder)),
      })),
    ),
  );
  if (missing.length === 0) return merged;
  return {
    ...merged,
    verdict: merged.verdict === 'FAIL' ? 'FAIL' : 'INCOMPLETE',
    verdict_reason: `${merged.verdict_reason}, ${missing.join(', ')}`,
    exit_code: worstExitCode([merged.exit_code, 1]),
  };
}

function requireDistinct(parts: FoundReport[]): void {
  const folderOf = new Map<string, string>();
  for (const { folder, report } of parts) {
    for (const { id } of report.nodes) {
      const other = folderOf.get(id);
      if (other !== undefined) {
        throw new AssayError(`node "${id}" is in ${other} and in ${folder}`, {
          advice: 'give each part of the fleet once',
        });
      }
      folderOf.set(id, folder);
    }
  }
}

/** A sentence for each missing shard. */
function missingShards(reports: FleetReport[]): string[] {
  const found = new Map<string, { of: number; indices: Set<number> }>();
  for (const { name, shard } of reports) {
    if (shard === null) continue;
    const fleet = found.get(name) ?? { of: shard.of, indices: new Set() };
    if (fleet.of !== shard.of) {
      throw new AssayError(
        `fleet ${name} was split into ${counted(fleet.of, 'shard')}, and into ${shard.of}`,
        {
          advice: 'merge the shards of one run',
        },
      );
    }
    fleet.indices.add(shard.index);
    found.set(name, fleet);
  }
  return [...found].flatMap(([name, { of, indices }]) =>
    Array.from({ length: of }, (_, at) => at + 1)
      .filter((index) => !indices.has(index))
      .map((index) => `shard ${index} of ${of} of ${name} is missing`),
  );
}
