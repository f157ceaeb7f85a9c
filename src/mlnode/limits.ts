/** The largest answer that is read for so many nonces: a vector takes some 60 bytes, the rest is slack for long ids and new fields. */
export function maxAnswerBytes(nonces: number): number {
  return (1 << 20) + 1024 * nonces;
}
