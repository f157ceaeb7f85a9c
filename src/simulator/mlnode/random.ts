import { createHash } from 'node:crypto';

/**
 * Numbers that follow from a text alone, so that every simulated node, today and tomorrow, draws the same.
 *
 * @returns `count` uniform numbers in the open interval (0, 1)
 */
export function uniforms(key: string, count: number): number[] {
  const bytes = createHash('shake256', { outputLength: 6 * count })
    .update(key)
    .digest();
  return Array.from({ length: count }, (_, i) => (bytes.readUIntBE(6 * i, 6) + 0.5) / 2 ** 48);
}

/** `count` independent standard normal numbers that follow from the key. */
export function normals(key: string, count: number): number[] {
  const pairs = uniforms(key, 2 * count);
  return Array.from({ length: count }, (_, i) =>
    boxMuller(pairs[2 * i] as number, pairs[2 * i + 1] as number),
  );
}

/** A standard normal number from two uniform ones in (0, 1). */
export function boxMuller(u: number, v: number): number {
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
}
