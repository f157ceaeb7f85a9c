import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { folderName, timeStamp } from '../files/names.js';
import { type EarlierRuns, TREND } from '../live/state.js';
import { RUN_CONFIG_FILE } from '../run/files.js';
import { readableReportOf } from '../run/read.js';

/**
 * The folder of a node's run that starts at `now`: `<root>/<node>/<YYYY-MM-DD_HHMMSS.mmm>`, so that names
 * sort by time.
 */
export function watchRunFolder(root: string, nodeId: string, now: Date): string {
  return join(root, folderName(nodeId), timeStamp(now, true));
}

/**
 * The latest runs of a node that began before a time; runs that cannot be read are left out.
 *
 * @param folder has one folder per run; their names sort by time
 */
export async function earlierRunsIn(folder: string, model: string, before: Date): Promise<EarlierRuns> {
  const names = (await readdir(folder).catch(() => []))
    .filter((name) => name < timeStamp(before, true))
    .sort();
  const trend: EarlierRuns['trend'] = [];
  let tookMs: number | null = null;
  for (const name of names.slice(-TREND)) {
    const report = await readableReportOf(join(folder, name));
    if (report?.config.model !== model) continue;
    trend.push({ mean: report.validation?.distances.l2?.mean ?? null, verdict: report.verdict });
    tookMs = 1000 * report.duration_s;
  }
  return { trend, lastPassAt: null, tookMs };
}

/**
 * Removes a node's oldest runs. Folders that are not runs are kept.
 *
 * @param folder has one folder per run; their names sort by time
 * @param keep number of the latest runs to keep
 * @param staying names of runs to keep at any age: later runs are compared with them
 */
export async function pruneRuns(folder: string, keep: number, staying: string[] = []): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const runs = names.filter((name) => existsSync(join(folder, name, RUN_CONFIG_FILE))).sort();
  await Promise.all(
    runs
      .slice(0, Math.max(0, runs.length - keep))
      .filter((name) => !staying.includes(name))
      .map((name) => rm(join(folder, name), { recursive: true })),
  );
}
