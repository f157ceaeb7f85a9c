import { uniforms } from './random.js';

let calls = 0;

/**
 * The same items in another order each time: items come in the order of their answers, so callers must not
 * rely on it.
 */
export function shuffled<T>(items: readonly T[]): T[] {
  const keys = uniforms(`order ${calls++}`, items.length);
  return items
    .map((item, index) => ({ item, key: keys[index] as number }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
