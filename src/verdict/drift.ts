import type { Observation } from '../run/observation.js';
import type { DriftReport, ValidateConfig, ValidateReport, Warning } from '../run/report.js';
import { counted, distanceText, momentText, nonceList, percentText } from '../text/figures.js';
import { groupBy } from '../text/group-by.js';
import { l2Distance } from '../vectors/distance.js';
import { summarise } from '../vectors/summary.js';
import { firstDifference } from './divergence.js';
import { decoded } from './measurements.js';

/** A run of a node, with the data that a comparison with another run of the same node needs. */
export interface RunOfNode {
  config: Pick<ValidateConfig, 'model' | 'poc_params' | 'request' | 'challenge'>;
  preflight: ValidateReport['preflight'];
  deploy: Pick<NonNullable<ValidateReport['deploy']>, 'running_args'> | null;
  observations: Observation[];
}

/** The node's own last PASS. */
export interface EarlierRun extends RunOfNode {
  /** The path of the run. */
  folder: string;
  /** ISO 8601 in UTC. */
  timestamp: string;
}

/** If a larger share of the nonces differs, first places of batches excluded, it is no accident. */
const DIFFERING_SHARE = 0.1;
/** Fraction of the mean distance of honest nodes. */
const BAND_SHARE = 0.25;

/**
 * Compares a node with itself. An honest node repeats its own vectors bit for bit as long as build,
 * arguments, batch and GPUs stay the same. Other weights on the same card lie about 0.2 away. An honest node
 * on other hardware can lie as far, so no threshold for other hardware finds them; this comparison does.
 *
 * The rule: drift is more than 10 % of the nonces differing, first places of batches excluded, or a mean
 * distance above a quarter of the mean of honest nodes. Where version, arguments, batch size or GPUs changed
 * as well, the drift is explained. Fewer differing nonces are reported but are no drift. Pure.
 *
 * @param bandMean mean L2 distance of honest nodes; null where it was never measured: then only the first
 *   part of the rule decides
 */
export function driftOf(now: RunOfNode, before: EarlierRun, bandMean: number | null): DriftReport {
  const changes = changesOf(before, now);
  const named = { run: before.folder, timestamp: before.timestamp, changes };
  const incomparable = whyIncomparable(now, before);
  if (incomparable !== null) return { ...NOTHING, ...named, outcome: 'not_comparable', text: incomparable };
  const pairs = pairsOf(now.observations, before.observations);
  if (pairs.length === 0) {
    const text = 'no nonce was answered in both runs';
    return { ...NOTHING, ...named, outcome: 'not_comparable', text };
  }
  const figures = figuresOf(pairs);
  const isDrift =
    figures.differing_elsewhere > DIFFERING_SHARE * figures.compared_elsewhere ||
    (bandMean !== null && figures.mean_l2 !== null && figures.mean_l2 > BAND_SHARE * bandMean);
  const outcome = outcomeOf(figures.differing, isDrift, changes.length > 0);
  const report = { ...named, ...figures, outcome };
  return { ...report, text: textOf(report, pairs) };
}

/** What a verdict says of drift; nothing where the drift is explained or small. */
export function driftWarnings(drift: DriftReport | null): Warning[] {
  if (drift?.outcome !== 'drift') return [];
  return [
    {
      code: 'drift',
      text: `drift: ${drift.text}`,
      about_node: true,
      advice:
        'find out what changed on the node: weights, build, driver or GPU. If the change is meant, validate once more: that run is what later ones are compared with',
    },
  ];
}

const NOTHING = {
  compared: 0,
  differing: 0,
  compared_elsewhere: 0,
  differing_elsewhere: 0,
  mean_l2: null,
  max_l2: null,
  nonces: [],
} satisfies Partial<DriftReport>;

function outcomeOf(differing: number, isDrift: boolean, isExplained: boolean): DriftReport['outcome'] {
  if (differing === 0) return 'same';
  if (!isDrift) return 'differs';
  return isExplained ? 'explained' : 'drift';
}

/** Nonces are compared only where both runs asked for the same thing. */
function whyIncomparable(now: RunOfNode, before: EarlierRun): string | null {
  if (now.config.model !== before.config.model) return `that run is of ${before.config.model}`;
  if (seedOf(now) !== seedOf(before))
    return 'a challenge asks for other nonces each time, and one of the two runs was one';
  const params = ({ config }: RunOfNode) => JSON.stringify(Object.entries(config.poc_params).sort());
  return params(now) === params(before) ? null : 'that run asked with other PoC parameters';
}

function seedOf({ config: { challenge } }: RunOfNode): string | null {
  return challenge?.seed ?? null;
}

/**
 * The changes of a node that can explain other vectors. A figure that one of the runs does not give is taken
 * as unchanged.
 */
function changesOf(before: RunOfNode, now: RunOfNode): string[] {
  const [old, present] = [factsOf(before), factsOf(now)];
  return Object.keys(present).flatMap((name) => {
    const [was, is] = [old[name], present[name]];
    return was == null || is == null || was === is ? [] : [`${name}: ${was} → ${is}`];
  });
}

function factsOf({ config, preflight, deploy }: RunOfNode): Record<string, string | null> {
  const gpus = preflight?.gpus.map(({ name, count }) => `${count} × ${name}`).join(', ');
  return {
    'node version': preflight?.version ?? null,
    arguments: deploy?.running_args?.join(' ') ?? null,
    'batch size': config.request === undefined ? null : String(config.request.batch_size ?? 'of the node'),
    GPUs: gpus === '' ? null : (gpus ?? null),
  };
}

interface Pair {
  nonce: number;
  isFirst: boolean;
  isSame: boolean;
  /** null where one of the two vectors is not finite or cannot be read, and of chains. */
  l2: number | null;
  /** First step in which two chains differ; null where no step differs, and of vectors. */
  step: number | null;
}

/** The first answer for each nonce that both runs have. */
function pairsOf(now: Observation[], before: Observation[]): Pair[] {
  const earlier = firstAnswers(before);
  const heads = new Set([...headsOf(now), ...headsOf(before)]);
  return [...firstAnswers(now)].flatMap(([nonce, own]) => {
    const other = earlier.get(nonce);
    if (other === undefined) return [];
    return [{ nonce, isFirst: heads.has(nonce), ...comparedVectors(own, other) }];
  });
}

function comparedVectors(one: Observation, other: Observation): Omit<Pair, 'nonce' | 'isFirst'> {
  const [chain, earlier] = [one.k_points_steps, other.k_points_steps];
  if (chain !== undefined && earlier !== undefined) {
    const step = firstDifference(chain, earlier);
    return { isSame: step === null, l2: null, step };
  }
  if (one.vector_b64 === other.vector_b64 && chain === earlier) return { isSame: true, l2: 0, step: null };
  const [a, b] = [decoded(one.vector_b64), decoded(other.vector_b64)];
  const isMeasured = a !== null && b !== null && a.length === b.length;
  return { isSame: false, l2: isMeasured ? l2Distance(a, b) : null, step: null };
}

function firstAnswers(observations: Observation[]): Map<number, Observation> {
  const answers = new Map<number, Observation>();
  for (const observation of observations) {
    if (observation.further === true || observation.why === 'missing') continue;
    if (!answers.has(observation.nonce)) answers.set(observation.nonce, observation);
  }
  return answers;
}

/** The nonces that were first in their batch: their vectors depend on what the engine did just before. */
function headsOf(observations: Observation[]): number[] {
  return [...groupBy(observations, ({ batch, replica }) => `${batch} ${replica}`).values()].map(([first]) =>
    first === undefined ? -1 : first.nonce,
  );
}

function figuresOf(pairs: Pair[]) {
  const differing = pairs.filter(({ isSame }) => !isSame);
  const elsewhere = pairs.filter(({ isFirst }) => !isFirst);
  const distances = pairs.flatMap(({ l2 }) => (l2 === null ? [] : [l2]));
  return {
    compared: pairs.length,
    differing: differing.length,
    compared_elsewhere: elsewhere.length,
    differing_elsewhere: elsewhere.filter(({ isSame }) => !isSame).length,
    mean_l2: distances.length === 0 ? null : distances.reduce((sum, l2) => sum + l2, 0) / distances.length,
    max_l2: distances.length === 0 ? null : distances.reduce((most, l2) => Math.max(most, l2), 0),
    nonces: differing.map(({ nonce }) => nonce),
  };
}

function textOf(drift: Omit<DriftReport, 'text'>, pairs: Pair[]): string {
  const { timestamp, compared, differing, nonces, changes, outcome } = drift;
  const since = `the node's last PASS of ${momentText(timestamp)}`;
  if (outcome === 'same') return `repeats ${since} to the bit (${counted(compared, 'nonce')})`;
  const share = percentText(differing / compared);
  const figures = `${differing} of ${counted(compared, 'nonce')} (${share}) differ from ${since} (nonce ${nonceList(nonces)})`;
  const told = [figures, ...howFar(drift, pairs)];
  if (outcome === 'explained') told.push(`changed since: ${changes.join('; ')}`);
  if (outcome === 'drift')
    told.push('neither version, arguments, batch size nor GPUs changed, according to the node');
  return told.join('; ');
}

function howFar({ mean_l2, max_l2 }: Pick<DriftReport, 'mean_l2' | 'max_l2'>, pairs: Pair[]): string[] {
  if (mean_l2 !== null) return [`L2 ${distanceText(mean_l2)} on average, ${distanceText(max_l2)} at most`];
  const steps = summarise(pairs.map(({ step }) => step));
  return steps === null ? [] : [`from step ${steps.min} to ${steps.max} on, half of them by ${steps.p50}`];
}
