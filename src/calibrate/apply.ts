import { completeCollected } from '../golden/collected.js';
import { checkGolden, parseGolden, readGolden } from '../golden/load.js';
import type { GoldenFile } from '../golden/reference.js';
import { saveGolden } from '../golden/save.js';
import type { Calibration } from './calibrate.js';

/**
 * Writes the recommended thresholds, and what honest distances look like, into a reference file. Its vectors
 * stay as they are.
 */
export async function applyCalibration(path: string, calibration: Calibration): Promise<void> {
  const value = completeCollected(parseGolden(await readGolden(path), path), path);
  checkGolden(value, path, '');
  const file = value as GoldenFile;
  const { recommended, l2, percentile, honest } = calibration;
  await saveGolden(path, {
    ...file,
    dist_threshold: recommended.dist_threshold,
    stat_test: recommended,
    expected_distance: {
      mean: l2.mean,
      sd: l2.sd,
      source: `${honest.length} honest ${honest.length === 1 ? 'sample' : 'samples'}, gate at percentile ${percentile}`,
    },
  });
}
