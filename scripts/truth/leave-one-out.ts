import { honestBand, type KnownDistances, knownDistances, limitOf } from '../../src/models/distances.js';
import type { ModelFile } from '../../src/models/model-file.js';

/** What would be known of a model without some recordings: no pair of theirs counts, and the limit is computed again. */
export function knownWithout(file: ModelFile, names: string[]): KnownDistances | null {
  if (names.length === 0) return knownDistances(file);
  const isOther = ({ between }: { between: string[] }) => !between.some((one) => names.includes(one));
  const honest = file.honest.filter(isOther);
  const otherWeights = file.other_weights
    .map((weights) => ({ ...weights, distances: weights.distances.filter(isOther) }))
    .filter(({ distances }) => distances.length > 0);
  const band = honestBand(honest);
  return knownDistances({
    ...file,
    honest,
    other_weights: otherWeights,
    limit: band === null ? null : limitOf(band.high, otherWeights),
  });
}
