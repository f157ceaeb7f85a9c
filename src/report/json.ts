import type { Run } from '../run/read.js';

/** The report as programs read it: `validate_report.json` again. */
export function renderJson({ report }: Run): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
