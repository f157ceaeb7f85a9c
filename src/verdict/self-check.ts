import type { SelfCheckReport, Tested } from '../report/model.js';
import { pValueText } from './figures.js';
import { fisherTwoSided } from './fisher.js';
import { type StatTestParams, statTest } from './stat-test.js';

/** The node's word about itself, added up over the requests of its check. */
export interface SelfCheckCounts {
  n_total: number;
  n_mismatch: number;
  mismatch_nonces: number[];
}

/** Below it two mismatch counts are apart by more than chance. */
const SIGNIFICANT = 0.001;

/**
 * Puts the node's own check beside the measurement. Its p-value is computed here from its counts: the node's
 * own covers one request at a time, and is its word only.
 */
export function compareSelfCheck(
  counts: SelfCheckCounts | null,
  measured: Tested,
  params: StatTestParams,
): SelfCheckReport | null {
  if (counts === null) return null;
  const { n_total, n_mismatch, mismatch_nonces } = counts;
  const { pValue, fraudDetected } = statTest({ nTotal: n_total, nMismatch: n_mismatch, ...params });
  const chance = fisherTwoSided(n_mismatch, n_total, measured.n_mismatch, measured.n_total);
  const sameVerdict = fraudDetected === measured.fraud_detected;
  const reports = `the node reports ${n_mismatch} of ${n_total} mismatches, measured were ${measured.n_mismatch} of ${measured.n_total}`;
  return {
    n_total,
    n_mismatch,
    mismatch_nonces,
    p_value: pValue,
    fraud_detected: fraudDetected,
    agrees: sameVerdict && chance >= SIGNIFICANT,
    note: note(),
  };

  function note(): string {
    if (!sameVerdict) {
      return fraudDetected
        ? `${reports}: its own check finds fraud where the measurement is clean`
        : `${reports}: its own check clears what was measured as fraud`;
    }
    if (chance >= SIGNIFICANT) return reports;
    return `${reports}: too far apart for chance (Fisher p ${pValueText(chance)})`;
  }
}
