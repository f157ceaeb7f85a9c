import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Leases } from '../../src/fleet/queue/leases.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('ends the job of a worker that is cut off, and no job whose lease is renewed or given back', () => {
  const leases = new Leases(1000);
  const silent = leases.take('a');
  const renewed = leases.take('b');
  const done = leases.take('c');
  done.release();
  for (let passed = 0; passed < 3000; passed += 500) {
    vi.advanceTimersByTime(500);
    leases.renewed(['b']);
  }
  expect([silent, renewed, done].map(({ signal }) => signal.aborted)).toEqual([true, false, false]);
  leases.lost(['b']);
  expect(renewed.signal.reason).toMatchObject({ message: expect.stringContaining('another worker') });
  leases.close();
});
