import type { ValidateConfig } from '../run/report.js';
import { counted } from '../text/figures.js';

/** The node of a run: its name, where it has one, and its address. */
export function nodeText({ node_id, mlnode_url }: Pick<ValidateConfig, 'node_id' | 'mlnode_url'>): string {
  return node_id === null ? mlnode_url : `${node_id} (${mlnode_url})`;
}

/** What the node's vectors were compared with. */
export function vectorsText({ reference, challenge }: ValidateConfig): string {
  return challenge === undefined
    ? `${counted(reference.n_vectors, 'vector')} of ${reference.path}`
    : `${counted(challenge.n, 'fresh vector')} of the trusted node ${challenge.trusted_url} (challenge seed ${challenge.seed})`;
}
