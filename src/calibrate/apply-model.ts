import { writeWhole } from '../files/write-whole.js';
import { honestBand, limitOf } from '../models/distances.js';
import { findModel } from '../models/load.js';
import type { Difference, KnownPair, ModelFile } from '../models/model-file.js';
import { jsonText } from '../text/json.js';
import { summarise } from '../vectors/summary.js';
import type { Calibration } from './calibrate.js';
import type { DistanceSample } from './sample.js';

/** Whether this is a model file and not a reference. */
export function isModelFile(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'honest' in value && 'other_weights' in value;
}

/** If nothing is known of the two nodes of a pair, they may differ in all of this. */
const MAY_DIFFER: Difference[] = ['batch', 'build', 'topology', 'gpu_class'];

/** What is known of a model already, as the start of a file of the user's own. */
export async function newModelFile(model: string): Promise<ModelFile> {
  const known = await findModel(model);
  return known?.file ?? { schema_version: 1, model, honest: [], other_weights: [] };
}

/**
 * Writes honest distances into a model file: one pair per sample, which replaces an earlier pair of the same
 * two nodes. Also writes the recommended thresholds and the limit that follows from the pairs.
 *
 * @param file as it was, or as it begins
 */
export async function applyToModel(
  path: string,
  file: ModelFile,
  calibration: Calibration,
  samples: DistanceSample[],
  today: string,
): Promise<void> {
  const threshold = calibration.recommended.dist_threshold;
  const pairs = samples.flatMap((sample) => pairOf(sample, threshold, today) ?? []);
  const isNew = ({ between }: KnownPair) => !pairs.some((pair) => pair.between.join() === between.join());
  const honest = [...file.honest.filter(isNew), ...pairs];
  const band = honestBand(honest);
  const written: ModelFile = {
    ...file,
    stat_test: { ...calibration.recommended, source: 'assay calibrate' },
    limit: band === null ? null : limitOf(band.high, file.other_weights),
    honest,
  };
  await writeWhole(path, `${jsonText(written)}\n`);
}

function pairOf({ label, l2, mayDiffer }: DistanceSample, threshold: number, date: string): KnownPair | null {
  const finite = Array.from(l2).filter(Number.isFinite);
  const summary = summarise(finite);
  if (summary === null) return null;
  const [one, other] = label.split(' – ');
  return {
    between: [other === undefined ? 'reference' : (one as string), other ?? label],
    differs: mayDiffer ?? MAY_DIFFER,
    n: finite.length,
    mean: summary.mean,
    sd: summary.sd,
    p98: summary.p98,
    beyond: { threshold, share: finite.filter((distance) => distance > threshold).length / finite.length },
    source: 'assay calibrate',
    date,
  };
}
