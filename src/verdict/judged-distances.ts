import type { KnownDistances } from '../models/distances.js';
import type { Observation } from '../run/observation.js';
import type { Summary } from '../vectors/summary.js';
import { distancesByNonce, type OutsideBand, outsideBand } from './distribution.js';
import { findHeads, type HeadsFault } from './heads.js';
import { type HeadsSide, headsSide } from './heads-side.js';
import type { Headless } from './heads-text.js';
import type { JudgeInput } from './input.js';
import { byReplica, distancesOf, tally } from './measurements.js';
import type { StatTestParams } from './stat-test.js';

/** What the distances of a run show, heads of batches separately. */
export interface JudgedDistances {
  /** null: no first places of batches are wrong. */
  heads: HeadsFault | null;
  /** Which side's fault they are; null where it is not known, or no such places were found. */
  headsSide: HeadsSide | null;
  /** Observations outside those places. */
  rest: Observation[];
  /** Their L2 distances; null where none is finite. */
  l2: Summary | null;
  /** The test and the distances over those observations; null without such a fault. */
  headless: Headless | null;
  /** For the rest as a whole; null: within the band, or no band is known. */
  outside: OutsideBand | null;
  /** How many parts are judged by their distances: the whole, and each of several replicas. */
  partCount: number;
  /** Whether one part of the run is outside the band. Its wrong first places of batches are not used. */
  isOutside(own: Observation[], parts: number): boolean;
}

/**
 * Compares distances with what is known of the model. Wrong heads of batches are judged separately: they are
 * not taken for other weights, and they do not hide other weights.
 *
 * @param observations as judged, in the order of the reference
 * @param nonces in the reference's order
 * @param against what the distances are compared with
 */
export function judgeDistances(
  observations: Observation[],
  nonces: number[],
  threshold: number,
  params: StatTestParams,
  { known, reference, second }: Pick<JudgeInput, 'known' | 'reference' | 'second'>,
): JudgedDistances {
  const first = observations.filter(({ further }) => further !== true);
  const heads = findHeads(first, nonces, threshold, known?.limit.mean ?? null);
  const isRest = (observation: Observation) => heads === null || !heads.isHead(observation);
  const replicas = byReplica(observations).size;
  const partCount = replicas > 1 ? 1 + replicas : 1;
  const outsideOf = (own: Observation[], parts: number) =>
    known === null ? null : outsideBand(distancesByNonce(own.filter(isRest)), known, parts);
  const outside = outsideOf(first, partCount);
  const rest = observations.filter(isRest);
  return {
    heads,
    headsSide: heads === null ? null : headsSide(heads, first, { reference, second }, threshold),
    rest,
    l2: distancesOf(first.filter(isRest)).l2,
    headless: heads === null ? null : headlessOf(first.filter(isRest), params, known, outside),
    outside,
    partCount,
    isOutside: (own, parts) => outsideOf(own, Math.max(parts, partCount)) !== null,
  };
}

function headlessOf(
  rest: Observation[],
  params: StatTestParams,
  known: KnownDistances | null,
  outside: OutsideBand | null,
): Headless {
  const { mismatch_nonces: _, ...tested } = tally(rest, params);
  return {
    ...tested,
    l2: distancesOf(rest).l2,
    honest: known === null ? null : outside === null && !tested.fraud_detected,
  };
}
