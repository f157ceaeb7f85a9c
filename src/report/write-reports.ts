import { join } from 'node:path';
import { AssayError, messageOf, UsageError } from '../errors.js';
import { appendWhole, writeWhole } from '../files/write-whole.js';
import { readRun } from '../run/read.js';
import { type ReportFormat, renderers } from './renderers.js';

/** The formats that are not always in a run folder, and the file of each. */
export const FILE_NAMES = {
  html: 'validate_report.html',
  markdown: 'validate_report.md',
  junit: 'validate_report.junit.xml',
  github: 'validate_report.github.txt',
} as const satisfies Partial<Record<ReportFormat, string>>;

export type FileFormat = keyof typeof FILE_NAMES;

/**
 * Reads `--report html,junit`.
 *
 * @throws UsageError naming the unknown format
 */
export function parseFileFormats(list: string): FileFormat[] {
  const names = list.split(',').map((name) => name.trim());
  for (const name of names) {
    if (!Object.hasOwn(FILE_NAMES, name)) {
      throw new UsageError(`--report ${list}: "${name}" is not one of ${Object.keys(FILE_NAMES).join(', ')}`);
    }
  }
  return [...new Set(names as FileFormat[])];
}

/**
 * Renders a finished run into files beside its report.
 *
 * @returns the paths written
 */
export async function writeReports(runFolder: string, formats: FileFormat[]): Promise<string[]> {
  if (formats.length === 0) return [];
  const run = await readRun(runFolder);
  const paths: string[] = [];
  for (const format of formats) {
    const path = join(runFolder, FILE_NAMES[format]);
    await writeWhole(path, await renderers[format](run));
    if (format === 'github') await appendStepSummary(await renderers.markdown(run));
    paths.push(path);
  }
  return paths;
}

/** Appends to the summary page of the GitHub Actions step, if this runs in one. */
export async function appendStepSummary(markdown: string): Promise<void> {
  const path = process.env['GITHUB_STEP_SUMMARY'];
  if (path === undefined || path === '') return;
  await appendWhole(path, `${markdown}\n`).catch((error) => {
    throw new AssayError(`cannot write the step summary ${path}: ${messageOf(error)}`);
  });
}
