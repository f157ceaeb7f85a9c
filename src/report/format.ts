import { NOT_TOLD } from '../golden/recorded-on.js';
import type { ValidateConfig } from '../run/report.js';
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
    ? `${counted(reference.n_vectors, 'vector')} of ${reference.path}${about}`
    : `${counted(challenge.n, 'fresh vector')} of the trusted node ${challenge.trusted_url} (challenge seed ${challenge.seed})`;
}
