import type { ReadyFinding } from '../../poc/ready.js';
import { type DoctorCheck, type DoctorFinding, unknown } from '../check.js';

/** Covered by other checks, or not asked for here, like a maintenance window. */
const SAID_ELSEWHERE = new Set(['time', 'clock', 'ML node clock', 'maintenance']);

const STATES: Record<ReadyFinding['level'], DoctorFinding['state']> = {
  ok: 'ok',
  warning: 'warn',
  error: 'fail',
  not_checked: 'unknown',
};

/**
 * Stored and missing choices, fees, challenges: everything that `assay poc ready` reports about a
 * participant.
 */
export const participant: DoctorCheck = {
  name: 'participant',
  title: 'choices and fees',
  whyItMatters: 'A host without fees cannot commit its PoC, and a missing choice costs weight or reward.',
  judge({ chain, key }) {
    if (key !== null && 'unknown' in key)
      return [unknown(`whose key it is: ${key.unknown}`, 'give --address')];
    if (chain === null || chain.ready === null) return [];
    if ('unknown' in chain.ready) return [unknown(chain.ready.unknown)];
    return chain.ready.value
      .filter(({ check }) => !SAID_ELSEWHERE.has(check))
      .map(({ check, level, text }) => ({
        state: STATES[level],
        text: `${check}: ${text}`,
        ...(level === 'error' && { advice: 'for details: assay poc ready' }),
      }));
  },
};
