import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, statSync } from 'node:fs';
import { chmod, link, mkdir, open, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isSpecial, isTaken, keepFile, replaceFile, writeWhole } from '../../src/files/write-whole.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();
let folders = 0;
const folder = async () => {
  const path = temp.path(`f${++folders}`);
  await mkdir(path);
  return path;
};
const temporaries = async (path: string) =>
  (await readdir(path)).filter((name) => name.startsWith('.assay-'));

describe('what a user names', () => {
  it('is written whole, with nothing left beside it, and keeps a mode that was narrowed', async () => {
    const dir = await folder();
    const path = join(dir, 'page.html');
    await writeWhole(path, 'one');
    await chmod(path, 0o600);
    await writeWhole(path, 'two');
    expect(await readFile(path, 'utf8')).toBe('two');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await readdir(dir)).toEqual(['page.html']);
  });

  it('is written through where it is a device', async () => {
    await writeWhole('/dev/null', 'gone');
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
    await expect(writeWhole('/dev/full', 'x'.repeat(10))).rejects.toThrow(
      /cannot write \/dev\/full: .*ENOSPC/,
    );
    expect(lstatSync('/dev/full').isCharacterDevice()).toBe(true);
  });

  it('is written through where it is a FIFO, which stays one', async () => {
    const dir = await folder();
    const path = join(dir, 'fifo');
    execFileSync('mkfifo', [path]);
    const text = 'x'.repeat(200_000);
    const reading = open(path, 'r').then(
      async (file) => (await file.readFile('utf8').finally(() => file.close())).length,
    );
    await writeWhole(path, text);
    expect(await reading).toBe(text.length);
    expect(lstatSync(path).isFIFO()).toBe(true);
    expect(await readdir(dir)).toEqual(['fifo']);
  });

  it('is refused in one line where it is a socket or a folder, which stay what they are', async () => {
    const dir = await folder();
    const path = join(dir, 'socket');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    await expect(writeWhole(path, 'x')).rejects.toThrow(/^cannot write .*socket: /);
    expect(lstatSync(path).isSocket()).toBe(true);
    await new Promise((resolve) => server.close(resolve));
    await mkdir(join(dir, 'sub'));
    await expect(writeWhole(join(dir, 'sub'), 'x')).rejects.toThrow(/^cannot write .*sub: /);
    await expect(writeWhole(join(dir, 'none', 'x'), 'x')).rejects.toThrow(/^cannot write .*x: ENOENT/);
    expect(await temporaries(dir)).toEqual([]);
  });

  it('is written through where it is a link; one that leads nowhere makes nothing', async () => {
    const dir = await folder();
    await writeFile(join(dir, 'target'), 'old, and longer than the new');
    await symlink('target', join(dir, 'link'));
    await writeWhole(join(dir, 'link'), 'new');
    expect(await readFile(join(dir, 'target'), 'utf8')).toBe('new');
    expect(await readlink(join(dir, 'link'))).toBe('target');
    await symlink('nowhere', join(dir, 'dangling'));
    await expect(writeWhole(join(dir, 'dangling'), 'x')).rejects.toThrow('cannot write');
    expect(existsSync(join(dir, 'nowhere'))).toBe(false);
    await symlink('loop', join(dir, 'loop'));
    await expect(writeWhole(join(dir, 'loop'), 'x')).rejects.toThrow('ELOOP');
    expect((await readdir(dir)).sort()).toEqual(['dangling', 'link', 'loop', 'target']);
  });

  it('is a file of its own where another name leads to the old one', async () => {
    const dir = await folder();
    await writeFile(join(dir, 'a'), 'old');
    await link(join(dir, 'a'), join(dir, 'b'));
    await writeWhole(join(dir, 'a'), 'new');
    expect(await readFile(join(dir, 'b'), 'utf8')).toBe('old');
  });
});

describe('a file of a folder of ours', () => {
  it('takes the place of a link, which is never followed', async () => {
    const dir = await folder();
    await writeFile(join(dir, 'outside'), 'kept');
    for (const [name, write] of [
      ['report', (path: string) => replaceFile(path, 'ours')],
      ['config', (path: string) => keepFile(path, 'ours')],
    ] as const) {
      await symlink('outside', join(dir, name));
      await write(join(dir, name));
      expect(lstatSync(join(dir, name)).isFile()).toBe(true);
      expect(await readFile(join(dir, name), 'utf8')).toBe('ours');
    }
    expect(await readFile(join(dir, 'outside'), 'utf8')).toBe('kept');
  });

  it('leaves nothing beside it where it cannot be put into its place', async () => {
    const dir = await folder();
    await mkdir(join(dir, 'report'));
    expect(() => replaceFile(join(dir, 'report'), 'x')).toThrow();
    await expect(keepFile(join(dir, 'report'), 'x')).rejects.toThrow();
    expect(await readdir(dir)).toEqual(['report']);
  });

  it('is made with the mode that is asked for, whatever the umask lets through', async () => {
    const dir = await folder();
    await keepFile(join(dir, 'secret'), 'x', 0o600);
    expect(statSync(join(dir, 'secret')).mode & 0o777).toBe(0o600);
  });
});

it('knows what is special, and what would be replaced', async () => {
  const dir = await folder();
  await writeFile(join(dir, 'file'), '');
  await symlink('file', join(dir, 'link'));
  await symlink('nowhere', join(dir, 'dangling'));
  const of = (path: string) => [isSpecial(path), isTaken(path)];
  expect(of(join(dir, 'none'))).toEqual([false, false]);
  expect(of(join(dir, 'file'))).toEqual([false, true]);
  expect(of(dir)).toEqual([false, true]);
  expect(of(join(dir, 'link'))).toEqual([true, true]);
  expect(of(join(dir, 'dangling'))).toEqual([true, false]);
  expect(of('/dev/null')).toEqual([true, false]);
});
