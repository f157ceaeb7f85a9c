import { boxMuller, uniforms } from './random.js';

/** Mean and standard deviation of L2 distances. */
export interface DistanceShape {
  mean: number;
  sd: number;
}

/** The plastic number's powers: multiples of them fill the unit square evenly. */
const STEPS = [0.7548776662466927, 0.5698402909980532] as const;

/**
 * The distance of one nonce, out of a log-normal distribution: published pairs of runs have its shape, from the
 * 98th percentile to the maximum. The numbers of neighbouring nonces are spread evenly instead of at random,
 * so that any few hundred of them show the mean and the tail, and a simulated node never fails by bad luck.
 *
 * @param key what makes two runs different; another key gives every nonce another distance
 */
export function drawDistance({ mean, sd }: DistanceShape, key: string, nonce: number): number {
  const [uShift, vShift] = shiftOf(key);
  const step = nonce % 2 ** 24;
  const [normal] = boxMuller(spread(step * STEPS[0] + uShift), spread(step * STEPS[1] + vShift));
  const variance = Math.log1p((sd / mean) ** 2);
  return Math.min(2, mean * Math.exp(Math.sqrt(variance) * normal - variance / 2));
}

let latest: { key: string; shift: [number, number] } | undefined;

/** Where a key's numbers begin. Nonces of one request ask for it one after the other, so one is remembered. */
function shiftOf(key: string): [number, number] {
  if (latest?.key !== key) latest = { key, shift: uniforms(`distance ${key}`, 2) as [number, number] };
  return latest.shift;
}

function spread(x: number): number {
  return Math.max(x - Math.floor(x), Number.EPSILON);
}
