import type { GoldenReference } from '../../golden/reference.js';
import { goldenThresholds, resolveStatTest } from '../../run/thresholds.js';
import { detectableRate, firstFailingCount } from '../../verdict/stat-test.js';

/** What `golden list` and `golden show` tell of a reference. */
export function describeGolden(reference: GoldenReference) {
  const { file, nonces, path, sha256, warnings } = reference;
  const statTest = resolveStatTest([goldenThresholds(file)]);
  const params = { pMismatch: statTest.values.p_mismatch, fraudThreshold: statTest.values.fraud_threshold };
  const failing = firstFailingCount(nonces.length, params);
  return {
    path,
    sha256,
    vectors: nonces.length,
    ...file,
    stat_test: statTest,
    /** null: even a mismatch of every nonce is tolerated. */
    tolerated_mismatches: failing === null ? null : failing - 1,
    detectable_rate_95: detectableRate(nonces.length, params),
    warnings,
  };
}
