import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AssayError } from '../errors.js';
import { shownUrl } from '../http/credentials.js';
import { parseBaseUrl } from '../http/url.js';
import { ownerOf } from '../journal/folder-lock.js';
import { hasReport, RUN_CONFIG_FILE } from '../run/files.js';
import { readReportOf } from '../run/read.js';
import type { ValidateReport } from '../run/report.js';
import type { ValidateEvents, ValidateOptions } from '../validate/options.js';
import { validateNode } from '../validate/validate-node.js';

/**
 * Validates a node into a folder in which an earlier process may have started: a finished run is returned as
 * it is, and an unfinished one is resumed.
 *
 * @throws AssayError for inputs with which no run can start, or that differ from those of the unfinished run
 */
export async function validateInto(
  folder: string,
  options: ValidateOptions,
  watcher: { events?: ValidateEvents; signal: AbortSignal },
): Promise<ValidateReport> {
  const before = await reportIn(folder);
  if (before !== undefined && before.verdict !== 'INCOMPLETE') {
    requireSameNode(folder, before, options);
    return before;
  }
  const { expDir: _, ...inputs } = options;
  if (existsSync(join(folder, RUN_CONFIG_FILE))) {
    return (await validateNode({ ...inputs, resume: folder }, watcher)).report;
  }
  // After a kill before the inputs were written, the folder has nothing that can be used.
  const owner = await ownerOf(folder);
  if (owner !== undefined)
    throw new AssayError(`${folder} is in use by process ${owner.pid}, since ${owner.at}`, {
      advice: 'wait for it, or give another folder',
    });
  await rm(folder, { recursive: true, force: true });
  return (await validateNode({ ...inputs, expDir: folder }, watcher)).report;
}

async function reportIn(folder: string): Promise<ValidateReport | undefined> {
  return hasReport(folder) ? await readReportOf(folder) : undefined;
}

/** The result is of another node if a folder was copied, or if its name belonged to another node before. */
function requireSameNode(folder: string, { config }: ValidateReport, options: ValidateOptions): void {
  const url = shownUrl(parseBaseUrl(options.mlnodeUrl, '--mlnode-url'));
  const nameOf = (id: string | null | undefined, at: string, model: string) =>
    `${id ?? at} (${model}, ${at})`;
  const found = nameOf(config.node_id, config.mlnode_url, config.model);
  const wanted = nameOf(options.nodeId, url, options.model);
  if (found === wanted) return;
  throw new AssayError(`${folder} has the result of ${found}, not of ${wanted}`, {
    advice: 'give another folder, or move that one away',
  });
}
