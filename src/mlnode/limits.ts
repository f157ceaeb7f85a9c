/**
 * The largest answer that is read for this number of nonces. A vector takes about 60 bytes; the rest allows
 * for long ids and new fields.
 */
export function maxAnswerBytes(nonces: number): number {
  return (1 << 20) + 1024 * nonces;
}
