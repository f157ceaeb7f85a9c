import type { Observation } from '../run/observation.js';
import type { ReplicaReport, Warning } from '../run/report.js';
import { counted } from '../text/figures.js';

import { groupBy } from '../text/group-by.js';
import { type StatTestParams, statTest } from './stat-test.js';

/** Share of a request's nonces. Below it, chance and hardware can be the cause. */
const NEARLY_ALL = 0.8;
/** A request with fewer nonces is too small to judge. */
const MIN_NONCES = 4;
const SHOWN = 5;

/** One request whose nonces nearly all mismatch. */
interface BadRequest {
  name: string;
  nMismatch: number;
  nTotal: number;
}

/**
 * Requests whose nonces nearly all mismatch. Only the node says which replica a request ran on. A node that
 * names the wrong port spreads the mismatches of a bad replica over the good replicas, and their own tests
 * still pass. But a request runs on one replica only, under any name. The fraud threshold is divided by the
 * number of requests, so that an honest node gets no more warnings with many requests than with few.
 *
 * @param replicas a replica that fails its own test is reported already, and so its requests are not
 */
export function requestWarning(
  observations: Observation[],
  replicas: Pick<ReplicaReport, 'port' | 'fraud_detected'>[],
  params: StatTestParams,
): Warning | null {
  const failing = new Set(replicas.filter(({ fraud_detected }) => fraud_detected).map(({ port }) => port));
  const requests = [...groupBy(observations, nameOf)];
  const shared = { ...params, fraudThreshold: params.fraudThreshold / Math.max(1, requests.length) };
  const bad = requests.flatMap(([name, own]): BadRequest[] => {
    const counts = { nTotal: own.length, nMismatch: own.filter(({ mismatch }) => mismatch).length };
    const isBad =
      counts.nTotal >= MIN_NONCES &&
      counts.nMismatch >= NEARLY_ALL * counts.nTotal &&
      statTest({ ...counts, ...shared }).fraudDetected;
    return isBad && !failing.has(own[0]?.replica ?? null) ? [{ name, ...counts }] : [];
  });
  if (bad.length === 0) return null;
  const shown = bad
    .slice(0, SHOWN)
    .map(({ name, nMismatch, nTotal }) => `${name}: ${nMismatch} of ${nTotal}`);
  const more = bad.length > SHOWN ? ', …' : '';
  return {
    code: 'requests_mismatch',
    text: `of ${counted(bad.length, 'request')} nearly all nonces mismatch (${shown.join(', ')}${more}), though each replica passes its own test: a replica is bad, or the node names the wrong ports`,
    about_node: true,
    advice: 'validate again with --coverage every-replica, and compare what each replica runs',
  };
}

/** A batch that was asked for again is another request. */
function nameOf({ request, replica, batch }: Observation): string {
  return request === null
    ? `batch ${batch}${replica === null ? '' : ` of replica ${replica}`}`
    : `batch ${batch} (${request.slice(0, 14)})`;
}
