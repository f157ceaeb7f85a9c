import type { MismatchReason, Observation } from '../../probe/observation.js';
import { nonceList } from '../figures.js';
import { byReplica } from '../replicas.js';

/** Measurements that mismatch for one reason. */
export function becauseOf(observations: Observation[], reason: MismatchReason): Observation[] {
  return observations.filter(({ why }) => why === reason);
}

/** Which nonces, and on which replicas as far as the node tells. */
export function whereText(observations: Observation[]): string {
  const nonces = [...new Set(observations.map(({ nonce }) => nonce))];
  const replicas = [...byReplica(observations)]
    .filter(([port]) => port !== null)
    .map(([port, own]) => `${own.length} on replica ${port}`);
  return [`nonce ${nonceList(nonces)}`, ...replicas].join('; ');
}
