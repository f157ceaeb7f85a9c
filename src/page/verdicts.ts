import type { Verdict } from '../run/report.js';

/** One colour a verdict, on every page: the class of its text. */
export const VERDICT_CLASSES: Record<Verdict, string> = {
  PASS: 'good',
  FAIL: 'bad',
  INCOMPLETE: 'warn',
  SKIPPED: 'meta',
};

/** What is worse comes first. */
export const SEVERITY: readonly Verdict[] = ['FAIL', 'INCOMPLETE', 'PASS', 'SKIPPED'];
