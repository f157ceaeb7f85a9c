import { type ArtifactProof, type ProofFault, proofFault } from './smst.js';

/** The result of one proof, checked against the commit. */
export interface CheckedProof {
  nonce: number;
  leafIndex: number;
  /** Null: it is in the host's commit. */
  fault: ProofFault | 'duplicate' | null;
}

/** The results of all proofs of a file. */
export interface CheckedProofs {
  proofs: CheckedProof[];
  /**
   * Set when the largest nonce is too large for the count (see MOST_NONCES_A_COUNT): validators then refuse
   * the host, and repeating does not help.
   */
  sparse: { largest: number; count: number } | null;
}

const MOST_NONCES_A_COUNT = 100;

/** Checks each proof against a commit. A nonce or a place that is there twice is refused. */
export function checkProofs(
  proofs: readonly ArtifactProof[],
  commit: { root: Buffer; count: number },
): CheckedProofs {
  const nonces = new Set<number>();
  const places = new Set<number>();
  const checked = proofs.map((proof): CheckedProof => {
    const isDuplicate = nonces.has(proof.nonce) || places.has(proof.leafIndex);
    nonces.add(proof.nonce);
    places.add(proof.leafIndex);
    const fault = proofFault(proof, commit) ?? (isDuplicate ? 'duplicate' : null);
    return { nonce: proof.nonce, leafIndex: proof.leafIndex, fault };
  });
  const largest = proofs.reduce((most, { nonce }) => Math.max(most, nonce), 0);
  const isSparse = commit.count > 0 && largest >= MOST_NONCES_A_COUNT * commit.count;
  return { proofs: checked, sparse: isSparse ? { largest, count: commit.count } : null };
}

/** The fault of a proof, in words. */
export const FAULT_TEXT: Record<NonNullable<CheckedProof['fault']>, string> = {
  nonce: 'the nonce is no whole number of 31 bits',
  vector_length: 'the vector has neither 24 bytes (prefill) nor 257 (decode)',
  vector_not_finite: 'the vector holds an infinite value or NaN',
  depth: 'the proof has the wrong depth for its nonce',
  element_length: 'an element of the proof has not 36 bytes',
  order: 'the proof is in the wrong order: it must go from the root to the leaf',
  count: 'the counts in the proof do not add up to the committed count',
  leaf_index: 'its place is not the one that it claims',
  root: 'it does not give the committed root: nonce, vector or a sibling differs',
  duplicate: 'its nonce or its place appears twice',
};
