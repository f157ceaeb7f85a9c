import { once } from 'node:events';
import { readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { lockFolder, ownerOf } from '../../src/journal/folder-lock.js';
import { type Owner, ownerOfThisProcess } from '../../src/journal/owner.js';
import { packageRoot } from '../../src/paths.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();

/** A folder whose lock says this of its owner. */
async function lockedBy(name: string, owner: Partial<Owner>): Promise<string> {
  const folder = temp.path(name);
  await (await lockFolder(folder))();
  const own = await ownerOfThisProcess();
  const of = { ...own, processStart: '', at: '2026-11-24T17:00:00Z', ...owner };
  await writeFile(join(folder, 'lock.json'), JSON.stringify(of));
  return folder;
}

describe('lockFolder', () => {
  it('lets one in at a time, names it, and leaves nothing behind', async () => {
    const folder = temp.path('one');
    const unlock = await lockFolder(folder);
    expect(await ownerOf(folder)).toMatchObject({ pid: process.pid, host: hostname() });
    await expect(lockFolder(folder)).rejects.toThrow(`is in use by process ${process.pid}, since`);
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

  it.each<[string, Partial<Owner>]>([
    ['another container on a machine of the same name', { pidNamespace: 'pid:[1]', pid: 1 }],
    [
      'another machine of the same name, or this one before it was started again',
      { boot: 'another', pid: 1 },
    ],
    ['a version that did not say', { boot: undefined as never, pidNamespace: undefined as never, pid: 1 }],
  ])('asks only the beat about %s', async (name, owner) => {
    const folder = await lockedBy(`place ${name}`, owner);
    await expect(lockFolder(folder)).rejects.toThrow(/process 1 on .*, since/);
    expect(await ownerOf(folder)).toBeDefined();
    const past = new Date(Date.now() - 121_000);
    await utimes(join(folder, 'lock.json'), past, past);
    await (await lockFolder(folder))();
  });

  it('takes over what was half written and then left', async () => {
    const folder = temp.path('half');
    await (await lockFolder(folder))();
    await writeFile(join(folder, 'lock.json'), '{"pid":');
    const past = new Date(Date.now() - 121_000);
    await utimes(join(folder, 'lock.json'), past, past);
    await (await lockFolder(folder))();
  });

  it('waits for a lock that is just being written', async () => {
    const folder = temp.path('writing');
    await (await lockFolder(folder))();
    await writeFile(join(folder, 'lock.json'), '');
    const taking = lockFolder(folder);
    await writeFile(join(folder, 'lock.json'), JSON.stringify(await ownerOfThisProcess()));
    await expect(taking).rejects.toThrow('is in use by process');
  });

  it('is not kept fresh, nor given back, by one who lost it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const folder = temp.path('lost');
    const unlock = await lockFolder(folder);
    const path = join(folder, 'lock.json');
    await rm(path);
    const other = JSON.stringify({ ...(await ownerOfThisProcess()), host: 'far-away' });
    await writeFile(path, other);
    const past = new Date(Date.now() - 60_000);
    await utimes(path, past, past);
    await vi.advanceTimersByTimeAsync(40_000);
    await unlock();
    expect((await stat(path)).mtimeMs).toBeCloseTo(past.getTime(), -1);
    expect(await readFile(path, 'utf8')).toBe(other);
  });

  it('is taken over by one of many processes', async () => {
    const folder = await lockedBy('processes', { processStart: '1' });
    const script = `import(${JSON.stringify(pathToFileURL(`${packageRoot}/src/journal/folder-lock.ts`).href)})
      .then(({ lockFolder }) => lockFolder(${JSON.stringify(folder)}))
      .then(() => { console.log('mine'); process.stdin.resume(); }, () => { console.log('theirs'); process.stdin.resume(); });`;
    const tried = Array.from({ length: 3 }, () =>
      execa(process.execPath, ['--import', 'tsx', '-e', script], { cwd: packageRoot, reject: false }),
    );
    const said = await Promise.all(tried.map((child) => once(child.stdout as Readable, 'data')));
    for (const child of tried) child.stdin?.end();
    await Promise.all(tried);
    expect(said.map(String).filter((text) => text.includes('mine'))).toHaveLength(1);
  });

  it('lets exactly one of many take a stale lock over', async () => {
    const folder = await lockedBy('many', { processStart: '1' });
    const settled = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)));
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
