import { getEventListeners } from 'node:events';
import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { timeLimit } from '../../src/http/time-limit.js';

const isOver = new Error('time is over');
const ended = (signal: AbortSignal) =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(signal.reason)));

test('ends by itself, with its reason', async () => {
  const { signal, until } = timeLimit({}, 0.02, isOver);
  expect(until).toBeGreaterThan(performance.now());
  expect(await ended(signal)).toBe(isOver);
});

test('ends with what is around it, which may have ended before', async () => {
  const outer = new AbortController();
  const limit = timeLimit({ signal: outer.signal, until: 5 }, Number.POSITIVE_INFINITY, isOver);
  expect(limit.until).toBe(5);
  const end = ended(limit.signal);
  outer.abort('interrupted');
  expect(await end).toBe('interrupted');
  const late = timeLimit({ signal: outer.signal }, 10, isOver);
  expect(late.signal.reason).toBe('interrupted');
  late.clear();
  limit.clear();
});

test('leaves nothing behind in a signal that outlives it', async () => {
  const outer = new AbortController();
  const limits = Array.from({ length: 20 }, () => timeLimit({ signal: outer.signal }, 0.02, isOver));
  for (const limit of limits) limit.clear();
  expect(getEventListeners(outer.signal, 'abort')).toEqual([]);
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(limits.some(({ signal }) => signal.aborted)).toBe(false);
});
