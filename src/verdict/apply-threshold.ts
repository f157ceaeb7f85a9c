import type { Observation } from '../run/observation.js';

/**
 * The same measurements, judged at another distance threshold. A missing or broken vector stays a mismatch at
 * any threshold. Every other vector is a mismatch only if its distance is strictly above the threshold.
 *
 * @param threshold L2 distance
 */
export function applyThreshold(observations: Observation[], threshold: number): Observation[] {
  return observations.map((observation) => {
    const { why, l2 } = observation;
    if (why !== null && why !== 'distance') return { ...observation, mismatch: true };
    // Chains have no distance. An engine has judged them.
    if (observation.first_divergence !== undefined) return observation;
    if (l2 === null) return { ...observation, mismatch: true, why: 'non_finite' };
    const mismatch = l2 > threshold;
    return { ...observation, mismatch, why: mismatch ? 'distance' : null };
  });
}
