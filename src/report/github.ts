import { type Face, faceOf } from '../run/face.js';
import type { Run } from '../run/read.js';
import type { ReplicaReport } from '../run/report.js';
import { counted, distanceText, pValueText, replicaText } from '../text/figures.js';
import { assertionWord, isFailed } from '../verdict/assertions.js';

type Level = 'error' | 'warning' | 'notice';

const LEVELS: Record<Face, Level> = {
  PASS: 'notice',
  'PASS WITH WARNINGS': 'warning',
  FAIL: 'error',
  INCOMPLETE: 'error',
  SKIPPED: 'notice',
};

/** Workflow commands that GitHub Actions shows as annotations: verdict, bad replicas, warnings, diagnosis. */
export function renderAnnotations({ report }: Run): string {
  const { verdict_reason, config, validation } = report;
  const face = faceOf(report);
  const badReplicas = validation?.replicas.filter(({ fraud_detected }) => fraud_detected) ?? [];
  return [
    annotation(LEVELS[face], `${face}: ${config.model}`, verdict_reason),
    ...(report.error === null || report.error === verdict_reason
      ? []
      : [annotation('error', 'assay could not finish', report.error)]),
    ...badReplicas.map((replica) =>
      annotation('error', `replica ${replicaText(replica.port)}`, evidence(replica)),
    ),
    ...(report.assertions ?? [])
      .filter(({ outcome }) => outcome !== 'met')
      .map((one) => annotation(isFailed(one) ? 'error' : 'notice', assertionWord(one), one.text)),
    ...report.warnings.map((warning) => annotation('warning', 'assay', warning)),
    ...(validation?.diagnosis ?? []).map(({ code, message, advice }) =>
      annotation('notice', code, `${message}: ${advice}`),
    ),
  ].join('');
}

function evidence({ n_mismatch, n_total, p_value, distances }: ReplicaReport): string {
  return `${n_mismatch} of ${counted(n_total, 'nonce')} mismatch (p-value ${pValueText(p_value)}, mean L2 ${distanceText(distances.l2?.mean)})`;
}

function annotation(level: Level, title: string, message: string): string {
  const escapedTitle = escapeData(title).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::${level} title=${escapedTitle}::${escapeData(message)}\n`;
}

/** A line end would start another workflow command, and `%` starts an escape. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
