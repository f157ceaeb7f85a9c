import type { Observation } from '../run/observation.js';
import type { SelfCheckReport, Tested } from '../run/report.js';
import { pValueText } from '../text/figures.js';
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
 * Does the node's check differ only by vectors that it never counts? It clears NaN and left-out nonces, in
 * every build: that is no contradiction, and the difference beyond them decides.
 *
 * @param uncounted measured mismatches of that kind
 */
function accountedFor(check: SelfCheckCounts, measured: Tested, uncounted: number): boolean {
  const counted = measured.n_mismatch - uncounted;
  return (
    uncounted > 0 && fisherTwoSided(check.n_mismatch, check.n_total, counted, measured.n_total) >= SIGNIFICANT
  );
}

/** Measured mismatches that the node's own check never counts. */
export function uncountedBySelfCheck(observations: Observation[]): number {
  return observations.filter(({ why }) => why === 'non_finite' || why === 'missing').length;
}

/**
 * Puts the node's own check beside the measurement. Its p-value is computed here from its counts: the node's
 * own covers one request at a time, and is its word only.
 *
 * @param uncounted see `uncountedBySelfCheck`
 */
export function compareSelfCheck(
  counts: SelfCheckCounts | null,
  measured: Tested,
  params: StatTestParams,
  uncounted: number,
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
    if (sameVerdict && chance >= SIGNIFICANT) return reports;
    if (accountedFor({ n_total, n_mismatch, mismatch_nonces }, measured, uncounted)) {
      return `${reports}, ${uncounted} of which are NaN or left out, which its check never counts`;
    }
    if (!sameVerdict) {
      return fraudDetected
        ? `${reports}: its own check finds fraud where the measurement is clean`
        : `${reports}: its own check clears what was measured as fraud`;
    }
    return `${reports}: too far apart for chance (Fisher p ${pValueText(chance)})`;
  }
}

/** The node's check differs by more than chance, and by more than what it never counts. */
export function contradicts(
  check: SelfCheckReport | null,
  measured: Tested,
  observations: Observation[],
): check is SelfCheckReport {
  if (check === null || check.agrees) return false;
  return !accountedFor(check, measured, uncountedBySelfCheck(observations));
}
