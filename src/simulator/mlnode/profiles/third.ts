import { uniforms } from '../random.js';

/** One of three neighbouring nonces; the choice does not depend on the order in a batch. */
export function isThird(nonce: number): boolean {
  const [place] = uniforms(`third ${Math.floor(nonce / 3)}`, 1) as [number];
  return nonce % 3 === Math.floor(3 * place);
}
