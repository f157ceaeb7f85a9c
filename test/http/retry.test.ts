import { describe, expect, it } from 'vitest';
import { HttpFault, type Outcome } from '../../src/http/fault.js';
import { type RequestKind, retriesOf, retryDelayMs } from '../../src/http/policy.js';
import { withRetries } from '../../src/http/retry.js';

/** Sends what always ends so, and tells how often and how it ended. */
async function sent(
  outcome: Outcome,
  manners: Parameters<typeof withRetries>[1] = {},
  retryAfterMs?: number,
  kind: RequestKind = 'read',
) {
  let count = 0;
  const start = performance.now();
  const error = await withRetries(kind, { patience: 0.001, ...manners }, () => {
    count++;
    throw new HttpFault(outcome, 'GET /x: no', retryAfterMs === undefined ? {} : { retryAfterMs });
  }).catch((thrown: Error) => thrown);
  return { count, error: error as HttpFault, tookMs: performance.now() - start };
}

describe('a request that goes wrong', () => {
  it.each(['unreachable', 'timed_out', 'failing', 'rejected'] as const)(
    'is sent again as often as the policy says: %s',
    async (outcome) => {
      expect((await sent(outcome)).count).toBe(1 + retriesOf(outcome, 'read'));
    },
  );

  it('is not waited for beyond the limit, and says so where the other side asked for longer', async () => {
    const inAMinute = performance.now() + 60_000;
    const { count, error, tookMs } = await sent('throttled', { patience: 1, until: inAMinute }, 3_600_000);
    expect(count).toBe(1);
    expect(tookMs).toBeLessThan(30_000);
    expect(error).toMatchObject({
      outcome: 'throttled',
      message: 'GET /x: no, and it asks to wait 3600 s, longer than the time that is left',
      advice: expect.any(String),
    });
  });

  it('has a total time of its own, which a Retry-After is held against', async () => {
    const { count, error } = await sent('throttled', {}, 181_000);
    expect([count, error.message]).toEqual([1, expect.stringContaining('181 s')]);
    expect((await sent('throttled', {}, 100_000)).count).toBe(2);
  });

  it('waits longer each time, and never shorter than it was asked to', () => {
    const longest = [1, 2, 3, 9].map((attempt) => retryDelayMs(attempt, 0, () => 1));
    expect(longest).toEqual([250, 500, 1_000, 8_000]);
    expect(retryDelayMs(3, 0, () => 0)).toBe(500);
    expect(retryDelayMs(1, 7_000)).toBe(7_000);
    expect(retryDelayMs(3, 10, () => 1)).toBe(1_000);
  });

  it('ends at once with the reason of its signal', async () => {
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    expect((await sent('failing', { signal, patience: 1 })).error).toBe(reason);
  });
});
