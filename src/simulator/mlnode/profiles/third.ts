import { uniforms } from '../random.js';

/** One of three neighbouring nonces, without any order that a batch of an engine would have. */
export function isThird(nonce: number): boolean {
  const [place] = uniforms(`third ${Math.floor(nonce / 3)}`, 1) as [number];
  return nonce % 3 === Math.floor(3 * place);
}
