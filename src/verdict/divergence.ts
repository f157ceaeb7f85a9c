import type { Observation } from '../run/observation.js';
import type { ChainsAlike, DecodeReport } from '../run/report.js';
import { counted, percentText } from '../text/figures.js';
import { groupBy } from '../text/group-by.js';
import { summarise } from '../vectors/summary.js';
import { fisherTwoSided } from './fisher.js';
import { byReplica } from './measurements.js';

/**
 * Where the node's chains diverge from the reference's: overall, by replica, by place in the batch, and
 * against other replicas. After the first step that differs, two chains have nothing in common.
 *
 * @param nonces the nonces that were asked for, in order
 */
export function divergenceOf(
  observations: Observation[],
  nonces: readonly number[],
): Pick<DecodeReport, 'chains' | 'replicas' | 'places'> {
  const whole = observations.filter(({ k_points_steps }) => k_points_steps !== undefined);
  const byNonce = groupBy(whole, ({ nonce }) => nonce);
  return {
    chains: alike(whole.map(stepOf)),
    replicas: [...byReplica(observations)].map(([port, own]) => ({
      port,
      ...alike(own.filter(({ k_points_steps }) => k_points_steps !== undefined).map(stepOf)),
      elsewhere: elsewhereOf(port, byNonce),
    })),
    places: [...groupBy(placed(observations, nonces), ({ place }) => place)]
      .sort(([a], [b]) => a - b)
      .map(([place, own]) => ({ place, ...alike(own.map(({ observation }) => stepOf(observation))) })),
  };
}

/** @param steps the first step that differs, for each pair of chains; null where no step differs */
export function alike(steps: (number | null)[]): ChainsAlike {
  const parting = steps.filter((step) => step !== null);
  return {
    compared: steps.length,
    equal: steps.length - parting.length,
    first_divergence: parting.length === 0 ? null : summarise(parting),
  };
}

/** First step in which two chains differ; null where no step differs. */
export function firstDifference(a: readonly number[], b: readonly number[]): number | null {
  const length = Math.max(a.length, b.length);
  for (let step = 0; step < length; step++) if (a[step] !== b[step]) return step;
  return null;
}

function stepOf({ first_divergence }: Observation): number | null {
  return first_divergence ?? null;
}

/**
 * A replica's chains against the first chain that another replica computed for the same nonce; null where
 * there is no such chain.
 */
function elsewhereOf(port: number | null, byNonce: Map<number, Observation[]>): ChainsAlike | null {
  if (port === null) return null;
  const steps = [...byNonce.values()].flatMap((same) => {
    const own = same.find(({ replica }) => replica === port)?.k_points_steps;
    const other = same.find(({ replica }) => replica !== null && replica !== port)?.k_points_steps;
    return own === undefined || other === undefined ? [] : [firstDifference(own, other)];
  });
  return steps.length === 0 ? null : alike(steps);
}

/** Whole chains with the place of their nonce in its batch. */
function placed(
  observations: Observation[],
  nonces: readonly number[],
): { observation: Observation; place: number }[] {
  const order = new Map(nonces.map((nonce, at) => [nonce, at]));
  return [...groupBy(observations, ({ batch }) => batch).values()].flatMap((batch) => {
    const own = [...new Set(batch.map(({ nonce }) => nonce))].sort(
      (a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0),
    );
    const placeOf = new Map(own.map((nonce, place) => [nonce, place]));
    return batch.flatMap((observation) =>
      observation.k_points_steps === undefined
        ? []
        : [{ observation, place: placeOf.get(observation.nonce) ?? 0 }],
    );
  });
}

/**
 * `40 of 64 chains equal the reference in full; the others part at step 12 to 250`, and then anything
 * unusual.
 */
export function divergenceLines({
  chains,
  replicas,
  places,
  trusted_check: trusted,
  tau,
}: Pick<DecodeReport, 'chains' | 'replicas' | 'places' | 'trusted_check' | 'tau'>): string[] {
  return [
    `${chains.equal} of ${counted(chains.compared, 'chain')} equal the reference in full${partingText(chains)}`,
    ...replicas.flatMap(({ port, elsewhere }) =>
      elsewhere === null
        ? []
        : [
            `replica ${port}: ${elsewhere.equal} of ${counted(elsewhere.compared, 'chain')} equal those of another replica${partingText(elsewhere)}`,
          ],
    ),
    ...(places.length === 0 ? [] : [placesText(chains, places)]),
    ...marginsText(trusted, tau),
  ];
}

/** How close the choices were, where a trusted engine gives it. */
function marginsText(trusted: DecodeReport['trusted_check'], tau: number): string[] {
  const margins = (trusted ?? []).flatMap((check) => check.margins ?? []).map(({ margin }) => margin);
  const summary = margins.length === 0 ? null : summarise(margins);
  if (summary === null) return [];
  const { p50, p98, max } = summary;
  return [
    `largest margin of each chain, by the trusted engine: median ${figure(p50)}, 98th percentile ${figure(p98)}, maximum ${figure(max)}; tau is ${tau}`,
  ];
}

function figure(margin: number): string {
  return String(Number(margin.toPrecision(3)));
}

/** `40 / 64`, in a table; a dash where nothing was compared. */
export function equalText(chains: ChainsAlike | null | undefined): string {
  return chains == null ? '–' : `${chains.equal} / ${chains.compared}`;
}

/** First and last of the steps at which chains diverge, `12 … 250`, in a table; a dash where none does. */
export function firstDifferenceText(chains: ChainsAlike | null | undefined): string {
  const steps = chains?.first_divergence ?? null;
  return steps === null ? '–' : `${steps.min} … ${steps.max}`;
}

/** Where the first divergences are. */
function partingText({ first_divergence: parting }: ChainsAlike): string {
  return parting === null
    ? ''
    : `; the others part at step ${parting.min} to ${parting.max}, half of them by ${parting.p50}`;
}

/** Chance that places of a batch seem to differ although they do not, over all places. */
const CHANCE = 0.001;

/** Places whose chains diverge more often than the others', by more than chance. */
export function unlikePlaces(
  { compared, equal }: ChainsAlike,
  places: DecodeReport['places'],
): DecodeReport['places'] {
  return places.filter((own) => {
    const rest = { compared: compared - own.compared, equal: equal - own.equal };
    if (rest.compared <= 0 || own.equal * rest.compared >= rest.equal * own.compared) return false;
    const chance = fisherTwoSided(
      ...([own.compared - own.equal, own.compared] as const),
      ...([rest.compared - rest.equal, rest.compared] as const),
    );
    return chance * places.length < CHANCE;
  });
}

function placesText(chains: ChainsAlike, places: DecodeReport['places']): string {
  const unlike = unlikePlaces(chains, places);
  if (unlike.length === 0)
    return `no place of the batch differs from the others (${counted(places.length, 'place')})`;
  const each = unlike.map(
    ({ place, equal, compared }) =>
      `place ${place} (${percentText(compared === 0 ? 0 : equal / compared)} equal)`,
  );
  return `chains part more often at ${each.join(', ')} of the batch`;
}
