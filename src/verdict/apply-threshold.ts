import type { Observation } from '../run/observation.js';

/**
 * The same measurements, judged at another distance threshold. A vector that is no vector stays a mismatch
 * at any threshold; of the others exactly those farther than it (strictly) are mismatches.
 *
 * @param threshold L2 distance
 */
export function applyThreshold(observations: Observation[], threshold: number): Observation[] {
  return observations.map((observation) => {
    const { why, l2 } = observation;
    if (why !== null && why !== 'distance') return { ...observation, mismatch: true };
    // Chains have no distance: an engine has judged them.
    if (observation.first_divergence !== undefined) return observation;
    if (l2 === null) return { ...observation, mismatch: true, why: 'non_finite' };
    const mismatch = l2 > threshold;
    return { ...observation, mismatch, why: mismatch ? 'distance' : null };
  });
}
