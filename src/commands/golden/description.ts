import type { CatalogFile } from '../../files/catalog.js';
import { recordedOn, recordedOnText } from '../../golden/recorded-on.js';
import type { GoldenReference } from '../../golden/reference.js';
import {
  goldenThresholds,
  resolveStatTest,
  type StatTestLayer,
  untoldForChains,
} from '../../run/thresholds.js';
import { schemeOf } from '../../schemes/index.js';
import { detectableRate, firstFailingCount } from '../../verdict/stat-test.js';

/** The facts of a reference that `golden list` and `golden show` print. */
export function describeGolden(
  reference: GoldenReference,
  thresholds: StatTestLayer = goldenThresholds(reference.file),
) {
  const { file, nonces, path, sha256, warnings } = reference;
  const resolved = resolveStatTest([thresholds]);
  const isUntold = schemeOf(file).judgedBy === 'engine' && untoldForChains(resolved).length > 0;
  const params = { pMismatch: resolved.values.p_mismatch, fraudThreshold: resolved.values.fraud_threshold };
  const failing = isUntold ? null : firstFailingCount(nonces.length, params);
  const hardware = recordedOn(file);
  return {
    path,
    sha256,
    vectors: nonces.length,
    ...file,
    recorded_on: {
      gpu: hardware.gpu,
      gpus: hardware.gpus,
      tensor_parallel: hardware.tensorParallel,
      pipeline_parallel: hardware.pipelineParallel,
      text: recordedOnText(hardware),
    },
    /** null: the thresholds of its chains are not known. */
    stat_test: isUntold ? null : resolved,
    /** null: the test passes even when every nonce is a mismatch. */
    tolerated_mismatches: failing === null ? null : failing - 1,
    detectable_rate_95: isUntold ? null : detectableRate(nonces.length, params),
    warnings,
  };
}

/**
 * The mark of an entry that shares its name with another: the user's own entry replaces that of the package.
 */
export function markOf({ name, isOwn }: CatalogFile, all: readonly CatalogFile[]): string {
  if (isOwn) return 'yours';
  return all.some((other) => other.isOwn && other.name === name) ? 'replaced by yours' : '';
}
