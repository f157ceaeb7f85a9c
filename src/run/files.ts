import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The names of a run's files in its folder. */
export const RUN_CONFIG_FILE = 'validate_config.json';
export const OBSERVATIONS_FILE = 'observations.jsonl';
export const RUN_REPORT_FILE = 'validate_report.json';

/** Whether the folder has the report of a run. */
export function hasReport(folder: string): boolean {
  return existsSync(join(folder, RUN_REPORT_FILE));
}
