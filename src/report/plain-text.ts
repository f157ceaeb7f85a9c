import { createColors } from 'picocolors';
import type { Run } from '../run/read.js';
import { linesInLanguage } from '../text/language.js';
import { renderText } from './text.js';

/** The summary as `validate_report.txt` has it: no colours. */
export function renderPlainText({ report, folder }: Run): string {
  return `${linesInLanguage(renderText(report, { colors: createColors(false), runFolder: folder }))}\n`;
}
