import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, makeNewFolder } from '../../src/files/make-folder.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();

test('makes a folder with those above it, and leaves one that is there', () => {
  const path = temp.path('a/b/c');
  makeFolder(path);
  writeFileSync(join(path, 'kept'), '');
  makeFolder(path);
  makeFolder(`${path}/`);
  expect(existsSync(join(path, 'kept'))).toBe(true);
});

test('says why it cannot be made', () => {
  const file = temp.path('file');
  writeFileSync(file, '');
  expect(() => makeFolder(file)).toThrow('EEXIST');
  expect(() => makeFolder(join(file, 'below'))).toThrow('ENOTDIR');
  expect(() => makeFolder('/dev/null/below')).toThrow('ENOTDIR');
});

// There, every new name is "no such file or directory", although the folder is there.
test.runIf(existsSync('/proc/self'))('ends where nothing can be made', () => {
  expect(() => makeFolder('/proc/nope')).toThrow('ENOENT');
});

test('gives each of those who begin in one second a folder of its own', () => {
  const path = temp.path('runs/validate_2026-11-27_121453');
  expect([1, 2, 3].map(() => makeNewFolder(path))).toEqual([path, `${path}-2`, `${path}-3`]);
  writeFileSync(temp.path('full'), '');
  expect(() => makeNewFolder(temp.path('full/run'))).toThrow('EEXIST');
});
