import { existsSync } from 'node:fs';
import { AssayError } from '../errors.js';
import { completeCollected } from '../golden/collected.js';
import { checkGolden, parseGolden, readGolden } from '../golden/load.js';
import type { GoldenFile } from '../golden/reference.js';
import { saveGolden } from '../golden/save.js';
import { loadModel } from '../models/load.js';
import { schemeOf } from '../schemes/index.js';
import { applyToModel, isModelFile, newModelFile } from './apply-model.js';
import type { Calibration } from './calibrate.js';
import type { DistanceSample } from './sample.js';

/**
 * Writes the recommended thresholds and the honest band into a model file or a reference. The vectors of a
 * reference stay as they are. If there is no such file, a model file is made.
 *
 * @param samples the honest samples of the calibration
 * @param model of those samples; null: not known, and then no model file can be made
 * @returns whether a model file was made
 */
export async function applyCalibration(
  path: string,
  calibration: Calibration,
  samples: DistanceSample[],
  model: string | null,
): Promise<{ made: boolean }> {
  const today = new Date().toISOString().slice(0, 10);
  if (!existsSync(path) && model !== null && calibration.measure === 'distance') {
    await applyToModel(path, await newModelFile(model), calibration, samples, today);
    return { made: true };
  }
  const parsed = parseGolden(await readGolden(path), path);
  if (isModelFile(parsed)) {
    if (calibration.measure === 'margin') {
      throw new AssayError(`${path}: a model file keeps distances, and these are margins of chains`, {
        advice: 'give --apply a reference of the decode scheme',
      });
    }
    const { file } = await loadModel(path);
    await applyToModel(path, file, calibration, samples, today);
    return { made: false };
  }
  await applyToReference(path, parsed, calibration);
  return { made: false };
}

async function applyToReference(path: string, parsed: unknown, calibration: Calibration): Promise<void> {
  const value = await completeCollected(parsed, path);
  checkGolden(value, path, '');
  const file = value as GoldenFile;
  const { recommended, l2, percentile, honest, measure } = calibration;
  const judgedBy = schemeOf(file).judgedBy;
  if ((judgedBy === 'engine') !== (measure === 'margin')) {
    throw new AssayError(
      `${path}: a reference of the ${schemeOf(file).name} scheme takes no threshold of ${measure}s`,
      { advice: 'calibrate it from runs of its own scheme' },
    );
  }
  const thresholds = { ...file, dist_threshold: recommended.dist_threshold, stat_test: recommended };
  if (measure === 'margin') return await saveGolden(path, thresholds);
  await saveGolden(path, {
    ...thresholds,
    expected_distance: {
      mean: l2.mean,
      sd: l2.sd,
      source: `${honest.length} honest ${honest.length === 1 ? 'sample' : 'samples'}, threshold at percentile ${percentile}`,
    },
  });
}
