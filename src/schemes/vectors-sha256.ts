import { createHash } from 'node:crypto';
import type { Artifact } from './scheme.js';

/**
 * The hash of a reference's vectors, independent of the other fields of its file: SHA-256 over one line
 * `nonce vector_b64` per vector, in ascending order of nonces.
 *
 * @returns hexadecimal
 */
export function vectorsSha256(artifacts: Artifact[]): string {
  const hash = createHash('sha256');
  for (const { nonce, vector_b64 } of [...artifacts].sort((a, b) => a.nonce - b.nonce)) {
    hash.update(`${nonce} ${vector_b64}\n`);
  }
  return hash.digest('hex');
}
