import type { DiagnosisCode, ValidateReport, Verdict } from './report.js';
import { warningsOf } from './warnings.js';

/** A verdict in the form for people. Programs read `verdict`, where amber is a PASS. */
export type Face = Verdict | 'PASS WITH WARNINGS';

/** A PASS turns amber when a warning is about the node. */
export function faceOf(report: ValidateReport): Face {
  const isAmber = report.verdict === 'PASS' && warningsOf(report).some(({ about_node }) => about_node);
  return isAmber ? 'PASS WITH WARNINGS' : report.verdict;
}

/** Diagnoses of a node without a fault: their advice is to do nothing. */
const HARMLESS: ReadonlySet<DiagnosisCode> = new Set(['honest_cross_hardware', 'bit_exact']);

/** What to do next, in one sentence; null if there is no advice. */
export function nextStepOf(report: ValidateReport): string | null {
  const advised = warningsOf(report).find(({ about_node, advice }) => about_node && advice !== undefined);
  switch (faceOf(report)) {
    case 'PASS':
      return report.exit_code === 4 ? 'find out why the assertion fails, or change it' : 'nothing to do';
    case 'PASS WITH WARNINGS':
      return advised?.advice ?? 'read the warnings above';
    case 'FAIL':
      return (
        report.validation?.diagnosis.find(({ code }) => !HARMLESS.has(code))?.advice ??
        advised?.advice ??
        'compare build, weights and arguments with those of the reference, and validate again'
      );
    case 'INCOMPLETE':
      return advised?.advice ?? null;
    default:
      return null;
  }
}
