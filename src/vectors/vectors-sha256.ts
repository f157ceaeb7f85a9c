import { createHash } from 'node:crypto';

/**
 * The hash of a reference's vectors, whatever else its file says: SHA-256 over one line `nonce vector_b64` a
 * vector, in ascending order of nonces.
 *
 * @returns hexadecimal
 */
export function vectorsSha256(nonces: ArrayLike<number>, vectorsBase64: ArrayLike<string>): string {
  const rows = Array.from(nonces, (nonce, row) => ({ nonce, vector: vectorsBase64[row] as string }));
  rows.sort((a, b) => a.nonce - b.nonce);
  const hash = createHash('sha256');
  for (const { nonce, vector } of rows) hash.update(`${nonce} ${vector}\n`);
  return hash.digest('hex');
}
