import { largest } from '../extremes.js';
import type { Observation } from '../run/observation.js';
import { nonceList } from '../text/figures.js';
import { summarise } from '../vectors/summary.js';
import { firstDifference } from './divergence.js';
import { byReplica } from './measurements.js';
import { MIN_SAMPLE } from './significance.js';

/** Chains that agree with the reference's for a larger share of their steps have something in common with it. */
const MOST_SHARED = 1 / 8;
/**
 * Standard errors above chance until something is shared. Lengths by chance are skewed: a few coincidences among
 * some tens of chains must not count. Chains of quantised weights lie more than ten times higher.
 */
const SPREADS = 6;
/** How many other chains each chain is compared with. */
const OTHERS = 16;

/** A replica whose chains share nothing with the reference's. */
export interface StrangeChains {
  /** null: the node does not name its replicas. */
  port: number | null;
  /** Mean number of steps until a chain parts from the reference's. */
  shared: number;
  /** The same between chains of different nonces: what chance gives. */
  byChance: number;
}

/**
 * Replicas whose chains agree with the reference's no longer than chains of different nonces agree with each
 * other. An engine that would choose the reference's points within a near tie generates chains that agree for
 * longer. So such a replica cannot have computed an own check that clears it.
 *
 * @param observations of the decode scheme, with their first divergence
 */
export function strangeChains(observations: Observation[]): StrangeChains[] {
  return [...byReplica(observations)].flatMap(([port, own]) => {
    const chains = own.flatMap(({ k_points_steps: steps, first_divergence: at }) =>
      steps === undefined ? [] : { steps, agrees: at ?? steps.length },
    );
    if (chains.length < MIN_SAMPLE) return [];
    const shared = summarise(chains.map(({ agrees }) => agrees));
    const byChance = summarise(betweenNonces(chains.map(({ steps }) => steps)));
    const length = chains[0]?.steps.length ?? 0;
    if (shared === null || byChance === null) return [];
    // If they share nothing, they agree as chance gives: so its spread decides.
    const most = byChance.mean + (SPREADS * byChance.sd) / Math.sqrt(chains.length);
    const isStrange = shared.mean <= Math.min(length * MOST_SHARED, most);
    return isStrange ? { port, shared: shared.mean, byChance: byChance.mean } : [];
  });
}

/** For how many steps chains of different nonces agree. */
function betweenNonces(chains: readonly number[][]): number[] {
  const shifts = Array.from({ length: Math.min(OTHERS, chains.length - 1) }, (_, at) => at + 1);
  return chains.flatMap((chain, at) =>
    shifts.map((shift) => {
      const other = chains[(at + shift) % chains.length] as number[];
      return firstDifference(chain, other) ?? chain.length;
    }),
  );
}

/** `the chains of replica 5001 agree with the reference's for 0.1 steps on average, …` */
export function strangeText(strange: readonly StrangeChains[]): string {
  const ports = strange.flatMap(({ port }) => port ?? []);
  const whose = ports.length === 0 ? 'its chains' : `the chains of ${named(ports)}`;
  const shared = largest(strange.map((one) => one.shared));
  const byChance = largest(strange.map((one) => one.byChance));
  return `${whose} agree with the reference's for ${shared.toFixed(1)} steps on average, and chains of different nonces agree for ${byChance.toFixed(1)} by chance`;
}

function named(ports: number[]): string {
  return `${ports.length === 1 ? 'replica' : 'replicas'} ${nonceList(ports)}`;
}
