import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, utimes } from 'node:fs/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { keepClean } from '../../src/fleet/queue/old-runs.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();
afterEach(() => vi.useRealTimers());

/** A folder that was last written to so many days ago. */
async function folder(name: string, days: number): Promise<string> {
  const path = temp.path(name);
  await mkdir(path, { recursive: true });
  const at = new Date(Date.now() - days * 24 * 3600_000);
  await utimes(path, at, at);
  return path;
}

it('removes the runs of fleets that nobody asks for any more, at the start and later, and nothing else', async () => {
  const [old, young, other] = await Promise.all([
    folder(randomUUID(), 8),
    folder(randomUUID(), 6),
    folder('notes', 100),
  ]);
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const stop = await keepClean(temp.path('.'), () => {});
  expect([old, young, other].map(existsSync)).toEqual([false, true, true]);

  const later = await folder(randomUUID(), 8);
  vi.advanceTimersByTime(3600_000);
  await vi.waitFor(() => expect(existsSync(later)).toBe(false), 20_000);
  stop();
});
