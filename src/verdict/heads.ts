import { largest, smallest } from '../extremes.js';
import type { Observation } from '../run/observation.js';

import { groupBy } from '../text/group-by.js';

/** The first k places of every batch of P nonces are computed wrongly or left out. */
export interface HeadsFault {
  period: number;
  heads: number;
  /** Replicas whose vectors show it; null: the run as a whole shows it, and no replica more than another. */
  replicas: number[] | null;
  /** Whether a measurement is in one of those places. */
  isHead(observation: Observation): boolean;
  /**
   * Upper bound of the chance of such a pattern where places do not matter, corrected for all P and k tried.
   */
  chance: number;
}

/** Batches of engines have 2 to 128 sequences. */
const LONGEST_PERIOD = 128;
/** A pattern that is seen in fewer periods may be chance. */
const LEAST_PERIODS = 3;
/** The largest value of a vector, in thresholds. A missing vector has this value too. */
const CAP = 2;
/** Chance of a false finding, over all P, k and parts of a run. */
const CHANCE = 3e-4;
/** The parts of that chance that are reserved for kinds of periods. */
const PART_OF_KIND = { usual: 1 / 2, powerOfTwo: 1 / 4, other: 1 / 4 } as const;
/**
 * PoC batches of engines without a configured batch, of all models and GPU classes (`engine_batch` of the
 * model files).
 */
const USUAL_BATCHES = [8, 16, 32];
/** Heads are wrong when their mean is above that of the rest by so many thresholds, and by this ratio. */
const LEAST_STEP = 0.35;
const LEAST_RATIO = 1.5;
/**
 * Heads are wrong only above what honest nodes show. Where that is not known, their mean must be at least so
 * many thresholds: a threshold is above the mean of honest nodes.
 */
const LEAST_THRESHOLDS = 0.75;
/** Where the limit is far above the threshold, wrong and left-out vectors still count: their value is CAP. */
const MOST_LEAST = 0.9 * CAP;
/** A score of at least this share of the best score counts as the best too. */
const AS_MUCH = 0.97;
/** Bad places elsewhere in a period explain much more from this ratio of scores on. */
const MUCH_MORE = 1.3;
/** Scores of the same heads differ only by rounding. */
const SAME_SCORE = 1 - 1e-9;
/**
 * If a list of nonces spans more than so many times its length, it is not a list with some nonces left out.
 */
const WIDEST_GAPS = 8;
/** Heads that are all at the largest value need a larger one. The bound is exact long before it. */
const LARGEST_TILT = 200;
/** Share of the periods whose heads must be above the mean of the rest. */
const MOST_PERIODS = 0.75;

/** One value with its place in the order in which an engine may have computed it. */
interface Placed {
  place: number;
  /** Places are counted from 0 in each group. */
  group: number;
  value: number;
  /** Values are compared only within the same replica. */
  replica: number | null;
}

/** A period and a number of heads, with the evidence for them. */
interface Pattern {
  period: number;
  heads: number;
  /** Sum of squares between heads and rest, within replicas. */
  score: number;
}

/**
 * Looks for a period P of 2 to 128 and a number k ≤ P/2 of bad first places, from distances and left-out nonces.
 *
 * The value of a vector is min(L2 / threshold, 2), and 2 without a vector. Of all P and k, the pattern that
 * explains most of the values' squares is taken. It counts when the heads' mean is above the rest's by more
 * than chance. That chance is bounded by the moments of the values themselves (Chernoff, over draws with
 * replacement; Hoeffding showed that this also bounds draws without replacement). So the bound is valid for
 * skewed distances and few heads. It is multiplied by the number of patterns that were tried.
 *
 * Values of different replicas are never compared: a bad replica that got every second batch is no pattern.
 *
 * Heads whose mean is not above the limit for honest nodes are not wrong: where every second batch came from
 * another GPU than the reference, half of the distances are 0 and half are honest.
 *
 * @param observations as judged, in the order of the reference
 * @param nonces in the reference's order: places are counted in this list
 * @param threshold L2 distance
 * @param limit of the mean L2 of honest nodes; null: none is known
 */
export function findHeads(
  observations: Observation[],
  nonces: number[],
  threshold: number,
  limit: number | null,
): HeadsFault | null {
  const least = limit === null ? LEAST_THRESHOLDS : Math.min(limit / threshold, MOST_LEAST);
  const placements = placementsOf(observations, nonces);
  const ports = [...new Set(observations.map(({ replica }) => replica))];
  const named = ports.filter((port) => port !== null);
  const parts = named.length > 1 ? [null, ...named] : [null];
  const trials = placements.length * parts.length;
  const found = parts.flatMap((part) => {
    const own = part === null ? observations : observations.filter(({ replica }) => replica === part);
    const best = bestOf(
      placements.flatMap((placement) => bestIn(own, placement, threshold, least, trials) ?? []),
    );
    return best === undefined ? [] : [{ ...best, part }];
  });
  const whole = found.find(({ part }) => part === null);
  const single = found.filter(({ part }) => part !== null);
  // What only one replica shows is the fault of that replica, even where it affects the whole run. It is not
  // where the other replicas show it as well but have too few vectors to prove it.
  const [one] = single;
  const others = observations.filter(({ replica }) => !single.some(({ part }) => part === replica));
  const isOwn = one !== undefined && others.length > 0 && !isStep(others, one.isHead, threshold);
  const chosen = isOwn || whole === undefined ? single : [whole];
  const [first] = chosen;
  if (first === undefined) return null;
  const same = chosen.filter(({ period, heads }) => period === first.period && heads === first.heads);
  const { period, heads, chance } = first;
  return {
    period,
    heads,
    replicas: first.part === null ? null : same.map(({ part }) => part as number),
    isHead: (observation) =>
      (first.part === null || same.some(({ part }) => part === observation.replica)) &&
      first.isHead(observation),
    chance,
  };
}

type PlaceOf = (observation: Observation) => number;

/** An order in which an engine may have computed the vectors. */
interface Placement {
  placeOf: PlaceOf;
  /** Places are counted from 0 in each group. */
  groupOf: PlaceOf;
}

/**
 * The pattern that explains most. Two orders that make the same vectors heads explain the same: then the
 * period that engines have by default is taken, else the first order.
 */
function bestOf<T extends Pattern>(patterns: T[]): T | undefined {
  const most = patterns.reduce((one, { score }) => Math.max(one, score), 0);
  const kinds = Object.keys(PART_OF_KIND);
  return patterns
    .filter(({ score }) => score >= SAME_SCORE * most)
    .sort((a, b) => kinds.indexOf(kindOfPeriod(a.period)) - kinds.indexOf(kindOfPeriod(b.period)))[0];
}

/**
 * The ways in which places may have been counted: by nonce, from 0 or from the first nonce, where the
 * reference is in another order, leaves some out or begins later; in the reference's order; within each
 * request, where its length is no power of two.
 */
function placementsOf(observations: Observation[], nonces: number[]): Placement[] {
  const index = new Map(nonces.map((nonce, place) => [nonce, place]));
  const inOrder: PlaceOf = ({ nonce }) => index.get(nonce) ?? nonce;
  const [first, last] = nonces.length === 0 ? [0, 0] : [smallest(nonces), largest(nonces)];
  // A list with gaps, or in another order, was computed by nonce. Random nonces, as those of a challenge, have
  // no places of their own.
  const isList = last - first < WIDEST_GAPS * nonces.length;
  const isCounted = nonces.every((nonce, place) => nonce - first === place);
  const batches = groupBy(observations, ({ replica, batch }) => `${replica}/${batch}`);
  const sizes = [...batches.values()].map((own) => own.length);
  const requested = largest(sizes);
  const isPowerOfTwo = (requested & (requested - 1)) === 0;
  const inBatch = new Map<Observation, number>();
  const groups = new Map<Observation, number>();
  for (const [group, own] of [...batches.values()].entries()) {
    for (const [place, observation] of own.entries()) {
      inBatch.set(observation, place);
      groups.set(observation, group);
    }
  }
  const one: PlaceOf = () => 0;
  return [
    // From 0: the first nonce may be one that was left out, or in the middle of a batch.
    ...(isList && !(isCounted && first === 0)
      ? [{ placeOf: ({ nonce }: Observation) => nonce, groupOf: one }]
      : []),
    ...(isList && !isCounted && first > 0
      ? [{ placeOf: ({ nonce }: Observation) => nonce - first, groupOf: one }]
      : []),
    { placeOf: inOrder, groupOf: one },
    ...(batches.size > 1 && !isPowerOfTwo
      ? [
          {
            placeOf: (observation: Observation) => inBatch.get(observation) ?? 0,
            groupOf: (observation: Observation) => groups.get(observation) ?? 0,
          },
        ]
      : []),
  ];
}

/** The best pattern of one part of a run in one order of places; null where none counts. */
function bestIn(
  observations: Observation[],
  placement: Placement,
  threshold: number,
  least: number,
  trials: number,
) {
  const { placeOf } = placement;
  const placed = placedValues(observations, placement, threshold);
  const patterns = patternsOf(placed, least);
  const { best } = patterns;
  if (best === null) return null;
  const chance = Math.min(1, chanceOf(placed, best) * costOf(best, patterns.longest) * trials);
  if (chance > CHANCE || !isFault(placed, best)) return null;
  if (isElsewhere(placed, best, patterns.longest, least)) return null;
  const isHead = (one: Observation) => placeOf(one) % best.period < best.heads;
  return isWholeRequests(observations, isHead) ? null : { ...best, chance, isHead };
}

/** One value per place and replica. Several replicas that answered the same nonces count as one. */
function placedValues(
  observations: Observation[],
  { placeOf, groupOf }: Placement,
  threshold: number,
): Placed[] {
  const answeredTwice = new Set(observations.map(({ nonce }) => nonce)).size < observations.length;
  const worth = worthAt(threshold);
  if (!answeredTwice) {
    return observations.map((one) => ({
      place: placeOf(one),
      group: groupOf(one),
      value: worth(one),
      replica: one.replica,
    }));
  }
  return [...groupBy(observations, ({ nonce }) => nonce).values()].map((own) => ({
    place: placeOf(own[0] as Observation),
    group: groupOf(own[0] as Observation),
    value: own.reduce((sum, one) => sum + worth(one), 0) / own.length,
    replica: null,
  }));
}

/** The value of a vector: its distance in thresholds, and the largest value where the vector is missing. */
function worthAt(threshold: number): (observation: Observation) => number {
  return ({ l2 }) => (l2 === null ? CAP : Math.min(l2 / threshold, CAP));
}

/**
 * Tries every P and k whose heads have a mean value of more than `least`. Returns the pattern that explains
 * most, and the longest P that was tried.
 */
function patternsOf(placed: Placed[], least: number): { best: Pattern | null; longest: number } {
  const strata = strataOf(placed);
  const span = placed.reduce((most, { place }) => Math.max(most, place + 1), 0);
  const longest = Math.min(LONGEST_PERIOD, Math.floor(placed.length / LEAST_PERIODS), span);
  let best: Pattern | null = null;
  for (let period = 2; period <= longest; period++) {
    const residues = strata.map((own) => sumsByResidue(own, period));
    const scores = scoresOf(residues, period, least);
    const most = scores.reduce((one, other) => Math.max(one, other), 0);
    if (most <= (best?.score ?? 0)) continue;
    // A place that is wrong only sometimes explains little more, so the fewest heads that explain as much are
    // taken.
    const heads = scores.findIndex((score) => score >= AS_MUCH * most) + 1;
    best = { period, heads, score: most };
  }
  return { best, longest };
}

/**
 * What each number of heads, from 1 to P/2, explains: the sum of squares between heads and rest; 0 where the
 * rest is worse, or the heads are not above `least`.
 *
 * @param from where in the period the bad places begin; 0 for heads
 */
function scoresOf(residues: Residues[], period: number, least: number, from = 0): Float64Array {
  const scores = new Float64Array(Math.floor(period / 2));
  const steps = new Float64Array(scores.length);
  /** By how much the heads' values are above `least`, in sum. */
  const excess = new Float64Array(scores.length);
  for (const { counts, sums, n, sum } of residues) {
    let [headCount, headSum] = [0, 0];
    for (let k = 0; k < scores.length; k++) {
      const residue = (from + k) % period;
      headCount += counts[residue] as number;
      headSum += sums[residue] as number;
      excess[k] = (excess[k] as number) + headSum - headCount * least;
      const rest = n - headCount;
      if (headCount === 0 || rest === 0) continue;
      const difference = headSum / headCount - (sum - headSum) / rest;
      const weight = (headCount * rest) / n;
      scores[k] = (scores[k] as number) + weight * difference ** 2;
      steps[k] = (steps[k] as number) + weight * difference;
    }
  }
  return scores.map((score, k) => ((steps[k] as number) > 0 && (excess[k] as number) > 0 ? score : 0));
}

/**
 * Whether bad places that begin elsewhere in a period explain much more: then the ends of batches are bad, for
 * example, or every second batch, and not their heads.
 */
function isElsewhere(placed: Placed[], { score }: Pattern, longest: number, least: number): boolean {
  const strata = strataOf(placed);
  let best = { period: 0, heads: 0, from: 0, score: MUCH_MORE * score };
  for (let period = 2; period <= longest; period++) {
    const residues = strata.map((own) => sumsByResidue(own, period));
    for (let from = 1; from < period; from++) {
      const scores = scoresOf(residues, period, least, from);
      const most = scores.reduce((one, other) => Math.max(one, other), 0);
      if (most > best.score) best = { period, heads: scores.indexOf(most) + 1, from, score: most };
    }
  }
  const shift = best.period - best.from;
  return (
    best.heads > 0 &&
    isFault(
      placed.map((one) => ({ ...one, place: one.place + shift })),
      best,
    )
  );
}

/**
 * The factor for a pattern's chance, since many patterns were tried: 1 divided by the part of the whole
 * chance that is reserved for the pattern. Half is reserved for the batches that engines have by default, a
 * quarter for other powers of two, and a quarter for all other periods, each shared evenly. Within a period
 * the k-th number of heads gets a part proportional to 1 / k, since engines were seen to spoil few heads, and
 * many heads are easy to detect.
 */
function costOf({ period, heads }: Pattern, longest: number): number {
  const kind = kindOfPeriod(period);
  let [periods, parts] = [0, 0];
  for (let one = 2; one <= longest; one++) if (kindOfPeriod(one) === kind) periods++;
  for (let k = 1; k <= Math.floor(period / 2); k++) parts += 1 / k;
  return (periods / PART_OF_KIND[kind]) * parts * heads;
}

function kindOfPeriod(period: number): keyof typeof PART_OF_KIND {
  if (USUAL_BATCHES.includes(period)) return 'usual';
  return (period & (period - 1)) === 0 ? 'powerOfTwo' : 'other';
}

/** Values are compared within the same replica only. */
function strataOf(placed: Placed[]): Placed[][] {
  return [...groupBy(placed, ({ replica }) => replica).values()];
}

/** Number and sum of the values at each place of a period, and of all. */
interface Residues {
  counts: Float64Array;
  sums: Float64Array;
  n: number;
  sum: number;
}

function sumsByResidue(placed: Placed[], period: number): Residues {
  const counts = new Float64Array(period);
  const sums = new Float64Array(period);
  let sum = 0;
  for (const { place, value } of placed) {
    const residue = place % period;
    counts[residue] = (counts[residue] as number) + 1;
    sums[residue] = (sums[residue] as number) + value;
    sum += value;
  }
  return { counts, sums, n: placed.length, sum };
}

/**
 * The chance that as many values, drawn from those of the same replicas, have as large a sum as the heads. It
 * is exp(Σ m·ln M(t) − t·sum) at its minimum over t, where M is the mean of exp(t·value) over a replica's
 * values. This is an upper bound (Chernoff; Hoeffding showed that it also bounds draws without replacement).
 * It is divided by t·σ·√2π where that is more than 1, which gives nearly the chance itself (Bahadur and Rao).
 */
function chanceOf(placed: Placed[], { period, heads }: Pattern): number {
  const strata = [...groupBy(placed, ({ replica }) => replica).values()]
    .map((own) => {
      const inside = own.filter(({ place }) => place % period < heads);
      return { values: own.map(({ value }) => value), drawn: inside.length, sum: total(inside) };
    })
    .filter(({ drawn }) => drawn > 0);
  const sum = strata.reduce((all, one) => all + one.sum, 0);
  const exponentAt = (t: number) =>
    strata.reduce((all, { values, drawn }) => all + drawn * tilted(values, t).logMean, 0) - t * sum;
  const t = minimum(exponentAt, 0, LARGEST_TILT);
  const variance = strata.reduce((all, { values, drawn }) => all + drawn * tilted(values, t).variance, 0);
  return Math.exp(Math.min(0, exponentAt(t))) / Math.max(1, t * Math.sqrt(2 * Math.PI * variance));
}

/** ln of the mean of exp(t·value), and the variance of the values under that weight. */
function tilted(values: number[], t: number): { logMean: number; variance: number } {
  let [weights, first, second] = [0, 0, 0];
  for (const value of values) {
    const weight = Math.exp(t * (value - CAP));
    weights += weight;
    first += weight * value;
    second += weight * value * value;
  }
  const mean = first / weights;
  return {
    logMean: Math.log(weights / values.length) + t * CAP,
    variance: Math.max(0, second / weights - mean * mean),
  };
}

/** The minimum of a convex function, by golden-section search. */
function minimum(fn: (x: number) => number, from: number, to: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [from, to];
  let [a, b] = [high - ratio * (high - low), low + ratio * (high - low)];
  let [fa, fb] = [fn(a), fn(b)];
  for (let step = 0; step < 40; step++) {
    if (fa < fb) {
      [high, b, fb] = [b, a, fa];
      a = high - ratio * (high - low);
      fa = fn(a);
    } else {
      [low, a, fa] = [a, b, fb];
      b = low + ratio * (high - low);
      fb = fn(b);
    }
  }
  return (low + high) / 2;
}

/**
 * Whether the heads of some observations are clearly worse than the rest; never where there are no heads or
 * no rest.
 */
export function isStep(
  observations: Observation[],
  isHead: (observation: Observation) => boolean,
  threshold: number,
): boolean {
  const mean = (own: Observation[]) =>
    own.map(worthAt(threshold)).reduce((sum, value) => sum + value, 0) / own.length;
  const inside = observations.filter(isHead);
  return isAbove(mean(inside), mean(observations.filter((one) => !isHead(one))));
}

function isAbove(heads: number, rest: number): boolean {
  return heads >= rest + LEAST_STEP && heads >= LEAST_RATIO * rest;
}

/** Whether the heads are clearly wrong, in at least three whole periods and in most of them. */
function isFault(placed: Placed[], { period, heads }: Pattern): boolean {
  const inside = placed.filter(({ place }) => place % period < heads);
  const rest = placed.filter(({ place }) => place % period >= heads);
  const [high, low] = [total(inside) / inside.length, total(rest) / rest.length];
  if (!isAbove(high, low)) return false;
  const periods = [
    ...groupBy(inside, ({ group, place }) => `${group}/${Math.floor(place / period)}`).values(),
  ];
  const bad = periods.filter((own) => total(own) / own.length > low);
  return periods.length >= LEAST_PERIODS && bad.length >= MOST_PERIODS * periods.length;
}

function total(placed: Placed[]): number {
  return placed.reduce((sum, { value }) => sum + value, 0);
}

/**
 * If whole requests are bad, the fault is in those requests or in unknown replicas, not in the heads of
 * batches.
 */
function isWholeRequests(
  observations: Observation[],
  isHead: (observation: Observation) => boolean,
): boolean {
  if (observations.some(({ replica }) => replica !== null)) return false;
  const batches = groupBy(observations, ({ batch }) => batch);
  if (batches.size < LEAST_PERIODS) return false;
  const mixed = [...batches.values()].filter((own) => own.some(isHead) && !own.every(isHead));
  return mixed.length <= 1;
}
