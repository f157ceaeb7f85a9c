import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readReportOf } from '../run/read.js';
import type { ValidateReport } from '../run/report.js';
import type { ValidateEvents, ValidateOptions } from '../validate/options.js';
import { validateNode } from '../validate/validate-node.js';

/**
 * Validates a node into a folder, however far an earlier process came there: a finished run is returned as it
 * is, and an unfinished one is taken up.
 *
 * @throws AssayError for inputs that no run can start from, or that are not the unfinished run's
 */
export async function validateInto(
  folder: string,
  options: ValidateOptions,
  watcher: { events?: ValidateEvents; signal: AbortSignal },
): Promise<ValidateReport> {
  const before = await reportIn(folder);
  if (before !== undefined && before.verdict !== 'INCOMPLETE') return before;
  const { expDir: _, ...inputs } = options;
  if (existsSync(join(folder, 'validate_config.json'))) {
    return (await validateNode({ ...inputs, resume: folder }, watcher)).report;
  }
  // A kill before the inputs were written leaves nothing that anybody could believe.
  await rm(folder, { recursive: true, force: true });
  return (await validateNode({ ...inputs, expDir: folder }, watcher)).report;
}

async function reportIn(folder: string): Promise<ValidateReport | undefined> {
  return existsSync(join(folder, 'validate_report.json')) ? await readReportOf(folder) : undefined;
}
