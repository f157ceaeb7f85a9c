import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Draws uniform integers from 0 to below `limit`; the same seed gives the same sequence. */
export type DrawBelow = (limit: number) => number;

export function seededDraw(seed: number): DrawBelow {
  const generator = xoroshiro128plus(seed);
  return (limit) => uniformInt(generator, 0, limit - 1);
}

/** The items in a random order. */
export function shuffled<T>(items: T[], draw: DrawBelow): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = draw(i + 1);
    [out[i], out[j]] = [out[j] as T, out[i] as T];
  }
  return out;
}
