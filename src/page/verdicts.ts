import type { Verdict } from '../run/report.js';

/** The CSS class for the colour of each verdict, on every page. */
export const VERDICT_CLASSES: Record<Verdict, string> = {
  PASS: 'good',
  FAIL: 'bad',
  INCOMPLETE: 'warn',
  SKIPPED: 'meta',
};

/** Worse verdicts come first. */
export const SEVERITY: readonly Verdict[] = ['FAIL', 'INCOMPLETE', 'PASS', 'SKIPPED'];
