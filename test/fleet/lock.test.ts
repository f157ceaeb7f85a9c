import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lockFolder } from '../../src/fleet/lock.js';
import { useTempFolder } from '../support/temp.js';

const folder = useTempFolder();
let made = 0;

/** A folder with a lock of that process in it, last touched so many minutes ago. */
function heldBy(holder: { pid: number; host: string }, minutesAgo = 0) {
  const path = folder.path(`held-${made++}`);
  mkdirSync(path);
  const lock = join(path, 'fleet.lock');
  writeFileSync(lock, JSON.stringify(holder));
  const at = new Date(Date.now() - 60_000 * minutesAgo);
  utimesSync(lock, at, at);
  return { path, lock };
}

it('takes a free folder, and gives it back', () => {
  mkdirSync(folder.path('free'));
  const release = lockFolder(folder.path('free'));
  expect(JSON.parse(readFileSync(folder.path('free/fleet.lock'), 'utf8'))).toEqual({
    pid: process.pid,
    host: hostname(),
  });
  release();
  expect(existsSync(folder.path('free/fleet.lock'))).toBe(false);
});

it('leaves a folder to who is alive: here, or elsewhere and heard of', () => {
  expect(() => lockFolder(heldBy({ pid: process.ppid, host: hostname() }, 60).path)).toThrow(
    `process ${process.ppid} on ${hostname()} writes folder`,
  );
  expect(() => lockFolder(heldBy({ pid: 1, host: 'elsewhere' }, 1).path)).toThrow('process 1 on elsewhere');
});

it('takes over from who is gone: killed here, an earlier life of this one, or long silent elsewhere', () => {
  for (const { path, lock } of [
    heldBy({ pid: 2 ** 22 + 1, host: hostname() }),
    heldBy({ pid: process.pid, host: hostname() }),
    heldBy({ pid: 1, host: 'elsewhere' }, 3),
  ]) {
    const release = lockFolder(path);
    expect(readFileSync(lock, 'utf8')).toContain(String(process.pid));
    release();
  }
});
