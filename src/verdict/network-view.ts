import type { Tested, ValidationReport } from '../run/report.js';
import { type StatTestParams, statTest } from './stat-test.js';

/**
 * The node's own default for `fraud_threshold`. The network's validators send the chain's value under the
 * name `p_value_threshold`. The node ignores that name, so the default applies for them.
 */
const NODE_DEFAULT = 0.01;

/** What the network's validators would conclude from the counts of this run; undefined where there are none. */
export function networkView(
  { n_total, n_mismatch }: Tested,
  params: StatTestParams,
): ValidationReport['network_view'] {
  if (n_total === 0) return undefined;
  const counts = { nTotal: n_total, nMismatch: n_mismatch };
  const { fraudDetected } = statTest({ ...counts, ...params, fraudThreshold: NODE_DEFAULT });
  return { fraud_threshold: NODE_DEFAULT, fraud_detected: fraudDetected };
}

/** One line for every report. */
export function networkViewText({
  fraud_threshold,
  fraud_detected,
}: NonNullable<ValidationReport['network_view']>): string {
  return `the network's validators use a p-value limit of ${fraud_threshold}: the node ignores the chain's value and uses its default. With these counts they would say ${fraud_detected ? 'FAIL' : 'PASS'}`;
}
