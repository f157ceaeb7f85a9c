import type { ValidateReport, Warning } from './report.js';

/** A warning about the run: it says what the run could not do or did not know, and nothing about the node. */
export function aboutRun(text: string): Warning {
  return { text, about_node: false };
}

/** Warnings as a report keeps them: typed, and their texts alone as version 1 promises. */
export function warningFields(
  details: Warning[],
): Required<Pick<ValidateReport, 'warnings' | 'warning_details'>> {
  return { warnings: details.map(({ text }) => text), warning_details: details };
}

/**
 * The warnings of a report. A report of version 1 does not say what a warning is about: then it is about the
 * run.
 */
export function warningsOf({ warnings, warning_details }: ValidateReport): Warning[] {
  return warning_details ?? warnings.map(aboutRun);
}
