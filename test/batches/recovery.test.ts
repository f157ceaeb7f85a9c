import { describe, expect, it } from 'vitest';
import { FAILED_BATCH_RETRIES, LOST_BATCH_RETRIES } from '../../src/batches/consequences.js';
import { lookAgainAfterMs, recoveryOf } from '../../src/batches/recovery.js';
import type { Outcome } from '../../src/http/fault.js';
import { retriesOf } from '../../src/http/policy.js';

const fault = (outcome: Outcome, more: { status?: number; retryAfterMs?: number } = {}) => ({
  kind: 'fault' as const,
  outcome,
  message: 'POST /x: no',
  advice: 'do so',
  detail: '',
  status: more.status,
  retryAfterMs: more.retryAfterMs,
});
const first = { phase: 'probe', wasAccepted: false, attempt: 1, leftMs: 60_000 } as const;

/** How often a batch that always comes to nothing so is asked for anew. */
function repetitions(reply: Parameters<typeof recoveryOf>[0], wasAccepted: boolean): number {
  let count = 0;
  while (recoveryOf(reply, { ...first, wasAccepted, attempt: count + 1 }).kind === 'again') count++;
  return count;
}

describe('a batch that came to nothing', () => {
  it.each<[string, Parameters<typeof recoveryOf>[0], boolean, number]>([
    ['a request that breaks', fault('broken'), false, retriesOf('broken', 'generate')],
    ['an endpoint that is not there', fault('absent'), false, retriesOf('absent', 'generate')],
    ['a request that was forgotten', fault('absent', { status: 404 }), true, LOST_BATCH_RETRIES],
    ['a replica that went', fault('failing', { status: 502 }), true, LOST_BATCH_RETRIES],
    ['looks that fail', fault('failing', { status: 500 }), true, FAILED_BATCH_RETRIES],
    ['looks that are never answered', fault('timed_out'), true, 1],
    ['looks that are too large', fault('too_large'), true, 0],
    ['a batch that failed', { kind: 'failed', detail: 'out of memory' }, true, FAILED_BATCH_RETRIES],
  ])('is asked for again after %s, so often and no more', (_what, reply, wasAccepted, often) => {
    expect(repetitions(reply, wasAccepted)).toBe(often);
  });

  it('ends the run where every batch would meet the same', () => {
    expect(recoveryOf(fault('rejected'), first)).toMatchObject({
      kind: 'ends',
      error: { message: 'POST /x: no' },
    });
  });

  it('waits as long as the node asks for, but not where that is longer than is left', () => {
    const asked = fault('throttled', { retryAfterMs: 30_000 });
    expect(recoveryOf(asked, first)).toEqual({ kind: 'again', delayMs: 30_000 });
    expect(recoveryOf(asked, { ...first, leftMs: 29_000 })).toEqual({
      kind: 'lost',
      reason: 'POST /x: no, and it asks to wait 30 s, longer than the time that is left; do so',
    });
    expect(lookAgainAfterMs(asked, 1, 60_000)).toBe(30_000);
    expect(lookAgainAfterMs(asked, 1, 29_000)).toBeUndefined();
  });
});
