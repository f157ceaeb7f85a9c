/**
 * Writes two artifact files of honest-looking vectors for the benches: unit vectors, and the same a little
 * off. Seeded, so that every run measures the same bytes.
 */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { encodeVector } from '../../src/schemes/half-base64.js';

/** Writes `a` and `b`, `count` vectors each, in the canonical form. */
export async function writeMillionFiles(a: string, b: string, count: number): Promise<void> {
  const random = gaussian(1);
  const head =
    '{\n  "model": "bench/model",\n  "seq_len": 1024,\n  "k_dim": 12,\n  "block_hash": "BENCH",\n  "block_height": 100,\n  "public_key": "bench",\n  "dist_threshold": 0.2,\n  "artifacts": [\n';
  const files = [createWriteStream(a), createWriteStream(b)];
  for (const file of files) file.write(head);
  const BLOCK = 10_000;
  for (let start = 0; start < count; start += BLOCK) {
    const texts = ['', ''];
    for (let nonce = start; nonce < Math.min(count, start + BLOCK); nonce++) {
      const end = nonce === count - 1 ? '\n' : ',\n';
      const first = unit(Array.from({ length: 12 }, random));
      const second = unit(first.map((value) => value + 0.024 * random()));
      texts[0] += `    {"nonce":${nonce},"vector_b64":"${encodeVector(first)}"}${end}`;
      texts[1] += `    {"nonce":${nonce},"vector_b64":"${encodeVector(second)}"}${end}`;
    }
    for (const [i, file] of files.entries()) if (!file.write(texts[i] as string)) await once(file, 'drain');
  }
  await Promise.all(files.map((file) => once(file.end('  ]\n}\n'), 'close')));
}

function unit(vector: number[]): number[] {
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}

/** Box–Muller. */
function gaussian(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  const uniform = () => uniformFloat64(generator);
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}
