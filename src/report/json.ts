import type { Run } from '../run/read.js';
import { jsonText } from '../text/json.js';

/** The report as programs read it: `validate_report.json` again. */
export function renderJson({ report }: Run): string {
  return `${jsonText(report)}\n`;
}
