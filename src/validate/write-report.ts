import { createColors } from 'picocolors';
import { renderText } from '../report/text.js';
import type { ValidateReport } from '../run/report.js';
import { keepReportJson, type RunFiles } from '../run/write.js';
import { linesInLanguage } from '../text/language.js';

/** Writes the report of a finished run: the JSON for programs and the summary for people. */
export async function writeReport(folder: RunFiles, report: ValidateReport): Promise<void> {
  await keepReportJson(folder, report);
  folder.write(
    'validate_report.txt',
    `${linesInLanguage(renderText(report, { colors: createColors(false), runFolder: folder.path }))}\n`,
  );
}
