import { boxMuller, uniforms } from './random.js';

/** Mean and standard deviation of L2 distances. */
export interface DistanceShape {
  mean: number;
  sd: number;
}

/** Powers of the plastic number: their multiples fill the unit square evenly. */
const STEPS = [0.7548776662466927, 0.5698402909980532] as const;

/**
 * The distance of one nonce, drawn from a log-normal distribution. Published pairs of runs have this shape,
 * from the 98th percentile to the maximum. Neighbouring nonces get evenly spread draws instead of random
 * ones. So any few hundred nonces show the mean and the tail, and no simulated node fails by chance.
 *
 * @param key separates two runs: another key gives every nonce another distance
 */
export function drawDistance({ mean, sd }: DistanceShape, key: string, nonce: number): number {
  const [uShift, vShift] = shiftOf(key);
  const step = nonce % 2 ** 24;
  const [normal] = boxMuller(spread(step * STEPS[0] + uShift), spread(step * STEPS[1] + vShift));
  const variance = Math.log1p((sd / mean) ** 2);
  return Math.min(2, mean * Math.exp(Math.sqrt(variance) * normal - variance / 2));
}

let latest: { key: string; shift: [number, number] } | undefined;

/** The offset of a key's draws. The nonces of a request follow each other, so one offset is cached. */
function shiftOf(key: string): [number, number] {
  if (latest?.key !== key) latest = { key, shift: uniforms(`distance ${key}`, 2) as [number, number] };
  return latest.shift;
}

function spread(x: number): number {
  return Math.max(x - Math.floor(x), Number.EPSILON);
}
