import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { findHeads } from '../../src/verdict/heads.js';
import { pairRows } from '../models/recordings.js';
import { kindOf } from './expectation.js';
import { observationOf, type PairResult } from './judge-pair.js';

/** Nonces of a drawn run. */
const NONCES = 200;

/**
 * Runs whose distances are drawn from a pair of recordings: without an order no pattern is in them, so every one
 * that is found is false.
 *
 * @param pairs what was judged whole; only honest pairs are drawn from
 * @param runs for each pair
 */
export function headsInDraws(
  pairs: PairResult[],
  runs: number,
  seed: number,
): { runs: number; found: number } {
  const random = xoroshiro128plus(seed);
  const honest = pairs.filter((pair) => pair.span === 'whole' && kindOf(pair) === 'honest');
  const nonces = Array.from({ length: NONCES }, (_, nonce) => nonce);
  let found = 0;
  for (const { reference, node } of honest) {
    const rows = pairRows(reference.golden, node.golden);
    const threshold = reference.labels.thresholds.dist_threshold;
    for (let run = 0; run < runs; run++) {
      const observations = nonces.map((nonce) => {
        const { l2 } = rows[uniformInt(random, 0, rows.length - 1)] as (typeof rows)[number];
        return observationOf({ nonce, l2 }, nonce, null);
      });
      if (findHeads(observations, nonces, threshold, null) !== null) found++;
    }
  }
  return { runs: honest.length * runs, found };
}
