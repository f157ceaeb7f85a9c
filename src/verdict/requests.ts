import type { Observation } from '../run/observation.js';
import type { ReplicaReport, Warning } from '../run/report.js';
import { counted } from '../text/figures.js';

import { groupBy } from '../text/group-by.js';
import { type StatTestParams, statTest } from './stat-test.js';

/** Of a request's nonces; below it chance and hardware have their part. */
const NEARLY_ALL = 0.8;
/** A request of fewer nonces says too little of itself. */
const MIN_NONCES = 4;
const SHOWN = 5;

/** One request whose nonces nearly all mismatch. */
interface BadRequest {
  name: string;
  nMismatch: number;
  nTotal: number;
}

/**
 * Requests whose nonces nearly all mismatch. Which replica a request ran on is the node's word: one that names the
 * wrong port spreads a bad replica over the good ones, whose own tests it then passes. A request computes on one replica
 * alone, whatever it is called. The fraud threshold is shared among the requests, so that an honest node of many
 * requests is warned of no oftener.
 *
 * @param replicas a replica that fails its own test is told of already, and so are its requests
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
