import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AssayError, messageOf } from '../errors.js';
import { isPipe } from '../files/pipe.js';
import { readWhole, readWholeSync } from '../files/read-whole.js';
import { accept } from '../schemas/accept.js';
import validateObservation from '../schemas/generated/observation.js';
import { quoteForShell } from '../text/shell.js';
import { hasReport, OBSERVATIONS_FILE, RUN_CONFIG_FILE, RUN_REPORT_FILE } from './files.js';
import type { Observation } from './observation.js';
import type { ValidateConfig, ValidateReport } from './report.js';

/** The files of a run that are read back: enough to compare, calibrate or judge it again. */
export interface RunFolder {
  config: ValidateConfig;
  observations: Observation[];
}

/**
 * Reads a run's resolved inputs and its observations.
 *
 * @throws AssayError naming the file and the line that no run writes like this; or that the run has measured
 *   nothing
 */
export async function readRunFolder(folder: string): Promise<RunFolder> {
  const config = await readConfig(folder);
  if (!existsSync(join(folder, OBSERVATIONS_FILE))) {
    throw new AssayError(`run ${folder} has measured nothing: it ended before it probed the node`, {
      advice: `resume it with assay validate --resume ${quoteForShell([folder])}, or give the folder of another run`,
    });
  }
  return { config, observations: await readObservations(folder) };
}

/** A finished run, as every renderer takes it. */
export interface Run {
  /** Where its files are. */
  folder: string;
  report: ValidateReport;
  /** In the order of measuring; empty if the run ended before. */
  observations: Observation[];
}

/**
 * Reads a run back from its folder.
 *
 * @throws AssayError naming the file and the line that no run writes like this
 */
export async function readRun(folder: string): Promise<Run> {
  const report = await readReportOf(folder);
  const observed = existsSync(join(folder, OBSERVATIONS_FILE));
  return { folder, report, observations: observed ? await readObservations(folder) : [] };
}

/** The report alone, without the observations. */
export function readReportOf(folder: string): Promise<ValidateReport> {
  return readReport(join(folder, RUN_REPORT_FILE));
}

/** The report; null if there is none, or if this version cannot read it. */
export async function readableReportOf(folder: string): Promise<ValidateReport | null> {
  if (!hasReport(folder)) return null;
  try {
    return await readReportOf(folder);
  } catch (error) {
    if (error instanceof AssayError) return null;
    throw error;
  }
}

/** Reads and checks one `validate_report.json`. */
export async function readReport(path: string): Promise<ValidateReport> {
  const value = parseJson(await readRunFile(path), path);
  refuseOfScript(value, path);
  const { default: validateReport } = await import('../schemas/generated/validate-report.js');
  return accept<ValidateReport>(validateReport, value, path);
}

/** The network's own script writes a file of the same name in another form. */
function refuseOfScript(value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || 'schema_version' in value)
    return;
  const isOfScript = ['phases', 'inputs', 'stat_test', 'fraud_detected', 'response', 'n_mismatch'].some(
    (key) => key in value,
  );
  if (!isOfScript) return;
  throw new AssayError(`${path}: this is no report of assay, but one of the script validate.py`, {
    advice: 'it has no vectors to judge or show: run `assay validate` on the node',
  });
}

/** Reads and checks a run's `validate_config.json`. */
export async function readConfig(folder: string): Promise<ValidateConfig> {
  const path = join(folder, RUN_CONFIG_FILE);
  const text = await readRunFile(path);
  const { default: validateConfig } = await import('../schemas/generated/validate-config.js');
  try {
    return accept<ValidateConfig>(validateConfig, parseJson(text, path), path);
  } catch (error) {
    throw new AssayError(messageOf(error), {
      advice: `${folder} cannot be used without it: start again with another --exp-dir, or remove the folder`,
    });
  }
}

/**
 * Reads `observations.jsonl`, whole lines only. A kill can cut the last line: such a part is not an
 * observation.
 *
 * @throws AssayError naming the file and the line that is not as a run writes it
 */
export async function readObservations(folder: string): Promise<Observation[]> {
  const path = join(folder, OBSERVATIONS_FILE);
  return parseObservations(await readRunFile(path), path);
}

/** @param path the source of the text, for the error */
export function parseObservations(text: string, path: string): Observation[] {
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.flatMap((line, index) => {
    if (line === '') return [];
    const where = `${path}: line ${index + 1}`;
    return [accept<Observation>(validateObservation, parseJson(line, where), where)];
  });
}

/** @param where a name for the text, for the error */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AssayError(`${where}: not JSON (${messageOf(error)})`);
  }
}

/**
 * The text of one of a run's files. They are small, and a history reads thousands of them: a trip to another
 * thread for each would cost more than the reading.
 */
export async function readRunFile(path: string): Promise<string> {
  try {
    const bytes = isPipe(path) ? await readWhole(path) : readWholeSync(path);
    return bytes.toString('utf8');
  } catch (error) {
    throw new AssayError(`${path}: ${messageOf(error)}`, {
      advice: 'give the folder of a run',
    });
  }
}
