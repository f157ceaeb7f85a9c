import type { ValidateReport, Warning } from './report.js';

/** A warning about the run: it says what the run could not do or was not told, and nothing of the node. */
export function aboutRun(text: string): Warning {
  return { text, about_node: false };
}

/** Warnings as a report keeps them: typed, and their texts alone as version 1 promises. */
export function warningFields(
  details: Warning[],
): Required<Pick<ValidateReport, 'warnings' | 'warning_details'>> {
  return { warnings: details.map(({ text }) => text), warning_details: details };
}

/** The warnings of a report. One of version 1 does not tell whom they are about: then they are about the run. */
export function warningsOf({ warnings, warning_details }: ValidateReport): Warning[] {
  return warning_details ?? warnings.map(aboutRun);
}
