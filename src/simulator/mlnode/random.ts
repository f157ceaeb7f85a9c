import { createHash } from 'node:crypto';

/**
 * Numbers that depend only on a text, so that every simulated node draws the same ones in every run.
 *
 * @returns `count` uniform numbers in the open interval (0, 1)
 */
export function uniforms(key: string, count: number): number[] {
  const bytes = createHash('shake256', { outputLength: 4 * count })
    .update(key)
    .digest();
  return Array.from({ length: count }, (_, i) => (bytes.readUInt32LE(4 * i) + 0.5) / 2 ** 32);
}

/** `count` independent standard normal numbers that depend only on the key. */
export function normals(key: string, count: number): number[] {
  const pairs = uniforms(key, 2 * Math.ceil(count / 2));
  return Array.from({ length: count }, (_, i) => {
    const first = i - (i % 2);
    const [cosine, sine] = boxMuller(pairs[first] as number, pairs[first + 1] as number);
    return i % 2 === 0 ? cosine : sine;
  });
}

/** Two independent standard normal numbers from two uniform ones in (0, 1). */
export function boxMuller(u: number, v: number): [number, number] {
  const radius = Math.sqrt(-2 * Math.log(u));
  return [radius * Math.cos(2 * Math.PI * v), radius * Math.sin(2 * Math.PI * v)];
}
