import { UsageError } from '../../errors.js';
import { type KnownDistances, knownDistances, SD_OF_MEAN } from '../../models/distances.js';
import { loadModels } from '../../models/load.js';
import type { DistanceShape } from './distances.js';

/** For a model whose honest distances are not known: small ones. */
const UNKNOWN_HONEST: DistanceShape = { mean: 0.07, sd: 0.04 };

/** By model; undefined until they are read. */
let shapes: Map<string, KnownDistances> | undefined;

/**
 * Reads the files of the models, those of the user's catalogue included. A simulator calls it when it starts;
 * who uses a profile without a simulator calls it first.
 */
export async function readShapes(): Promise<void> {
  const known = new Map<string, KnownDistances>();
  for (const { file } of await loadModels()) {
    const distances = knownDistances(file);
    if (distances !== null) known.set(file.model, distances);
  }
  shapes = known;
}

function read(): Map<string, KnownDistances> {
  if (shapes === undefined) throw new Error('readShapes was not called');
  return shapes;
}

/** Distances of an honest node on other hardware than the reference's: the model's honest pairs. */
export function honestShape(model: string): DistanceShape {
  const band = read().get(model)?.band;
  return band === undefined
    ? UNKNOWN_HONEST
    : { mean: band.mean, sd: Math.min(band.sd, SD_OF_MEAN * band.mean) };
}

/** Distances of a node with other weights; null where the model's file has none of this name. */
export function otherShape(model: string, profile: string): DistanceShape | null {
  const weights = read()
    .get(model)
    ?.other_weights.find(({ name }) => profileOf(name) === profile);
  if (weights === undefined) return null;
  const mean = (weights.low + weights.high) / 2;
  return { mean, sd: weights.sd ?? SD_OF_MEAN * mean };
}

/**
 * Refuses a profile of other weights when the model's file has none of that name: their distances are not
 * known.
 *
 * @throws UsageError that lists the weights known of the model
 */
export function requireKnown(model: string, profile: string): void {
  if (otherShape(model, profile) !== null) return;
  const own =
    read()
      .get(model)
      ?.other_weights.map(({ name }) => profileOf(name)) ?? [];
  const models = [...read()].filter(([one]) => otherShape(one, profile) !== null).map(([one]) => one);
  throw new UsageError(`profile ${profile}: no such weights are known of ${model}`, {
    advice: `${own.length === 0 ? 'none are known of this model' : `known of it are ${own.join(', ')}`}; ${profile} is known of ${models.join(', ')}`,
  });
}

/** `AWQ int4` is profile `awq-int4`; text in brackets is ignored. */
function profileOf(name: string): string {
  return name
    .replace(/\s*\(.*$/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
}
