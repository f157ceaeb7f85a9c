import { NOT_TOLD } from '../golden/recorded-on.js';
import type { ValidateConfig, ValidateReport } from '../run/report.js';
import { counted } from '../text/figures.js';

/** The node of a run: its name, where it has one, and its address. */
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
  return challenge === undefined
    ? `${counted(reference.n_vectors, 'vector')} of ${referenceName(reference.path)}${about}`
    : `${counted(challenge.n, 'fresh vector')} of the trusted node ${challenge.trusted_url} (challenge seed ${challenge.seed})`;
}

/**
 * What the reference's makers say of it, beside a FAIL or a warning: it may explain them. null for a plain PASS, and
 * where they say nothing.
 */
export function referenceNotes(report: ValidateReport): string | null {
  const { source, notes } = report.config.reference;
  const isPlain = report.verdict === 'PASS' && report.warnings.length === 0;
  if (isPlain || report.verdict === 'SKIPPED' || notes === undefined) return null;
  return [`notes of the reference: ${notes}`, ...(source === null ? [] : [`source: ${source}`])].join('; ');
}

/** A reference of the package by the name that `golden list` prints: it has the same one on every machine. */
export function referenceName(path: string): string {
  return /[\\/]artifacts[\\/]golden[\\/]([^\\/]+)\.json$/.exec(path)?.[1] ?? path;
}
