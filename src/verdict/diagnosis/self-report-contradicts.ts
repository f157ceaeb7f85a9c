import type { DiagnosisRule } from './rule.js';

/**
 * A replica's count of itself differs from its measurement, by Fisher's test at 0.001, by more than the
 * vectors it never counts.
 */
export const selfReportContradicts: DiagnosisRule = {
  code: 'self_report_contradicts',
  title: "the node's own check contradicts the measurement",
  whyItMatters:
    'The check compares the same vectors with the same reference, so a difference larger than rounding means that it checks something else or is wrong.',
  examine({ selfCheck, contradicts }) {
    if (!contradicts || selfCheck === null) return null;
    return {
      evidence: selfCheck.note,
      advice:
        'trust the measurement; check that the node runs an unmodified build, and that nothing between here and it rewrites answers',
    };
  },
};
