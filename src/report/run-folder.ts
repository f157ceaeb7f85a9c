import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Observation } from '../probe/observation.js';
import { parseJson, readObservations, readRunFile } from '../probe/run-folder.js';
import { accept } from '../schemas/accept.js';
import validateReport from '../schemas/generated/validate-report.js';
import type { ValidateReport } from './model.js';

/** A finished run, as every renderer takes it. */
export interface Run {
  /** Where its files are. */
  folder: string;
  report: ValidateReport;
  /** In the order in which they came; empty where the run did not come so far. */
  observations: Observation[];
}

/**
 * Reads a run back from its folder.
 *
 * @throws AssayError naming the file, and the line in it, that is not as a run writes it
 */
export async function readRun(folder: string): Promise<Run> {
  const report = await readReportOf(folder);
  const observed = existsSync(join(folder, 'observations.jsonl'));
  return { folder, report, observations: observed ? await readObservations(folder) : [] };
}

/** The report alone, without the observations. */
export function readReportOf(folder: string): Promise<ValidateReport> {
  return readReport(join(folder, 'validate_report.json'));
}

/** Reads and checks one `validate_report.json`. */
export async function readReport(path: string): Promise<ValidateReport> {
  return accept<ValidateReport>(validateReport, parseJson(await readRunFile(path), path), path);
}
