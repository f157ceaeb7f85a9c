import { NOT_TOLD } from '../golden/recorded-on.js';
import type { ValidateConfig, ValidateReport } from '../run/report.js';
import { counted } from '../text/figures.js';

/** The node of a run: its name, if it has one, and its address. */
export function nodeText({ node_id, mlnode_url }: Pick<ValidateConfig, 'node_id' | 'mlnode_url'>): string {
  return node_id === null ? mlnode_url : `${node_id} (${mlnode_url})`;
}

/** What the node's vectors were compared with. */
export function vectorsText({ reference, challenge }: ValidateConfig): string {
  const { recorded_on: recorded, why } = reference;
  const about =
    why != null
      ? ` (${why})`
      : recorded === undefined || recorded === NOT_TOLD
        ? ''
        : ` (recorded on ${recorded})`;
  const vectors = `${counted(reference.n_vectors, 'vector')} of ${referenceName(reference.path)}`;
  return challenge === undefined
    ? vectors.concat(about)
    : `${counted(challenge.n, 'fresh vector')} of the trusted node ${challenge.trusted_url} (challenge seed ${challenge.seed})`;
}

/**
 * Notes of the reference's makers, shown with a FAIL or a warning, which they may explain. null for a PASS
 * without warnings, and if there are no notes.
 */
export function referenceNotes(report: ValidateReport): string | null {
  const { source, notes } = report.config.reference;
  const isPlain = report.verdict === 'PASS' && report.warnings.length === 0;
  if (isPlain || report.verdict === 'SKIPPED' || notes === undefined) return null;
  return [`notes of the reference: ${notes}`, ...(source === null ? [] : [`source: ${source}`])].join('; ');
}

/** A reference of the package by its name in `golden list`: the name is the same on every machine. */
export function referenceName(path: string): string {
  return /[\\/]artifacts[\\/]golden[\\/]([^\\/]+)\.json$/.exec(path)?.[1] ?? path;
}
