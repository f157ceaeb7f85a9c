import { readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { lockRun, type Owner, ownerOf } from '../../src/lifecycle/lock.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();

/** A folder whose lock says this of its owner. */
async function lockedBy(name: string, owner: Partial<Owner>): Promise<string> {
  const folder = temp.path(name);
  await (await lockRun(folder))();
  const of = { pid: process.pid, host: hostname(), processStart: '', at: '2026-11-24T17:00:00Z', ...owner };
  await writeFile(join(folder, 'lock.json'), JSON.stringify(of));
  return folder;
}

describe('lockRun', () => {
  it('lets one in at a time, names it, and leaves nothing behind', async () => {
    const folder = temp.path('one');
    const unlock = await lockRun(folder);
    expect(await ownerOf(folder)).toMatchObject({ pid: process.pid, host: hostname() });
    await expect(lockRun(folder)).rejects.toThrow(`is being worked on by process ${process.pid}, since`);
    await unlock();
    expect([await ownerOf(folder), await readdir(folder)]).toEqual([undefined, []]);
    await (await lockRun(folder))();
  });

  it('takes over from a process that is gone, and from a number that came back as another process', async () => {
    const gone = execa(process.execPath, ['-e', '']);
    await gone;
    for (const [name, owner] of [
      ['gone', { pid: gone.pid as number }],
      ['other', { processStart: '1' }],
    ] as const) {
      const folder = await lockedBy(name, owner);
      expect(await ownerOf(folder)).toBeUndefined();
      const unlock = await lockRun(folder);
      expect(JSON.parse(await readFile(join(folder, 'lock.json'), 'utf8')).pid).toBe(process.pid);
      await unlock();
    }
  });

  it('does not take over from another machine, which it cannot look at, nor from what it cannot read', async () => {
    const far = await lockedBy('far', { host: 'far-away', pid: 1 });
    await expect(lockRun(far)).rejects.toThrow('process 1 on far-away');
    await writeFile(join(far, 'lock.json'), '{');
    await expect(lockRun(far)).rejects.toThrow('cannot be read');
  });

  it('lets exactly one of many take a stale lock over', async () => {
    const folder = await lockedBy('many', { processStart: '1' });
    const settled = await Promise.allSettled(Array.from({ length: 8 }, () => lockRun(folder)));
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
