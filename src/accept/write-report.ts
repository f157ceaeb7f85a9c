import { join } from 'node:path';
import { UsageError } from '../errors.js';
import { keepFile } from '../files/write-whole.js';
import { jsonText } from '../text/json.js';
import type { AcceptReport } from './model.js';

export const REPORT_FILE = 'accept_report.json';

/** The formats in addition to JSON, which is always written. Each renderer is loaded when it is needed. */
const FORMATS = {
  json: {
    file: REPORT_FILE,
    render: async () => (report: AcceptReport) => `${jsonText(report)}\n`,
  },
  junit: {
    file: 'accept_report.junit.xml',
    render: async () => (await import('./tell/junit.js')).renderAcceptJunit,
  },
  html: { file: 'accept_report.html', render: async () => (await import('./tell/page.js')).renderAcceptPage },
  markdown: {
    file: 'accept_report.md',
    render: async () => (await import('./tell/markdown.js')).renderAcceptMarkdown,
  },
} as const;

export type AcceptFormat = keyof typeof FORMATS;

/**
 * Reads `--report junit,html`.
 *
 * @throws UsageError naming the unknown format
 */
export function parseAcceptFormats(list: string): AcceptFormat[] {
  return list.split(',').map((part) => {
    const name = part.trim();
    if (Object.hasOwn(FORMATS, name)) return name as AcceptFormat;
    throw new UsageError(`--report ${list}: "${name}" is not one of ${Object.keys(FORMATS).join(', ')}`);
  });
}

/**
 * Writes the report into the run's folder.
 *
 * @param formats in addition to JSON
 * @returns the paths written
 */
export async function writeAcceptReport(
  folder: string,
  report: AcceptReport,
  formats: readonly AcceptFormat[],
): Promise<string[]> {
  const paths: string[] = [];
  for (const format of new Set<AcceptFormat>(['json', ...formats])) {
    const { file, render } = FORMATS[format];
    const path = join(folder, file);
    await keepFile(path, (await render())(report));
    paths.push(path);
  }
  return paths;
}
