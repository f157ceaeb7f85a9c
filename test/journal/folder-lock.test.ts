import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { lockFolder, type Owner, ownerOf } from '../../src/journal/folder-lock.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();

/** A folder whose lock says this of its owner. */
async function lockedBy(name: string, owner: Partial<Owner>): Promise<string> {
  const folder = temp.path(name);
  await (await lockFolder(folder))();
  const of = { pid: process.pid, host: hostname(), processStart: '', at: '2026-11-24T17:00:00Z', ...owner };
  await writeFile(join(folder, 'lock.json'), JSON.stringify(of));
  return folder;
}

describe('lockFolder', () => {
  it('lets one in at a time, names it, and leaves nothing behind', async () => {
    const folder = temp.path('one');
    const unlock = await lockFolder(folder);
    expect(await ownerOf(folder)).toMatchObject({ pid: process.pid, host: hostname() });
    await expect(lockFolder(folder)).rejects.toThrow(`is being worked on by process ${process.pid}, since`);
    await unlock();
    expect([await ownerOf(folder), await readdir(folder)]).toEqual([undefined, []]);
    await (await lockFolder(folder))();
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
      const unlock = await lockFolder(folder);
      expect(JSON.parse(await readFile(join(folder, 'lock.json'), 'utf8')).pid).toBe(process.pid);
      await unlock();
    }
  });

  it('takes over from another machine that has been silent', async () => {
    const far = await lockedBy('silent', { host: 'far-away', pid: 1 });
    const past = new Date(Date.now() - 121_000);
    await utimes(join(far, 'lock.json'), past, past);
    await (await lockFolder(far))();
  });

  it('does not take over from another machine that was heard of lately, nor from what it cannot read', async () => {
    const far = await lockedBy('far', { host: 'far-away', pid: 1 });
    await expect(lockFolder(far)).rejects.toThrow('process 1 on far-away');
    await writeFile(join(far, 'lock.json'), '{');
    await expect(lockFolder(far)).rejects.toThrow('cannot be read');
  });

  it('lets exactly one of many take a stale lock over', async () => {
    const folder = await lockedBy('many', { processStart: '1' });
    const settled = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)));
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
