import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AssayError } from '../errors.js';
import { folderName } from '../files/names.js';
import { hasReport, RUN_REPORT_FILE } from './files.js';
import { readReport } from './read.js';
import type { ValidateReport } from './report.js';

interface Wanted {
  /** undefined: the path is of one run. */
  nodeId: string | undefined;
  model: string;
  /** Leaves out runs without a PASS, if there are several. */
  onlyPass?: boolean;
}

/**
 * The report of an earlier run: of one run, or of a node in the folder of a fleet or of `assay watch`.
 *
 * @param path a report, a run's folder, or a folder with the runs of many nodes
 * @returns the report's path; null if a folder of many nodes has none of this node
 */
export async function findEarlierRun(path: string, { nodeId, model, onlyPass = false }: Wanted) {
  const own = join(path, RUN_REPORT_FILE);
  if (existsSync(own)) return own;
  if (!isFolder(path)) return path;
  if (nodeId === undefined) {
    throw new AssayError(`${path} has the runs of several nodes`, { advice: 'give the folder of one run' });
  }
  const name = folderName(nodeId);
  for (const folder of [join(path, 'nodes', name), join(path, name)]) {
    const found = await lastRunIn(folder, { model, onlyPass });
    if (found !== null) return found;
  }
  return null;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/**
 * The last run in a node's folder.
 *
 * @param folder a run's folder, or a folder with one folder per run, whose names sort by time
 * @param wanted `only`: a further condition
 * @returns the path of its report; null if there is none
 */
export async function lastRunIn(
  folder: string,
  wanted: { model: string; onlyPass: boolean; only?: (report: ValidateReport) => boolean },
): Promise<string | null> {
  const names = hasReport(folder) ? [''] : await namesIn(folder);
  for (const name of names) {
    const path = join(folder, name, RUN_REPORT_FILE);
    if (existsSync(path) && (await fits(path, wanted))) return path;
  }
  return null;
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).sort().reverse();
}

/** A run that cannot be read is not used for a comparison. */
async function fits(
  path: string,
  { model, onlyPass, only }: Parameters<typeof lastRunIn>[1],
): Promise<boolean> {
  try {
    const report = await readReport(path);
    const { config, verdict } = report;
    if (config.model !== model || only?.(report) === false) return false;
    return verdict === 'PASS' || (!onlyPass && verdict === 'SKIPPED');
  } catch (error) {
    if (error instanceof AssayError) return false;
    throw error;
  }
}
