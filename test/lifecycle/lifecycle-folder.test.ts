import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { putAside } from '../../src/lifecycle/lifecycle-folder.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();

it('puts two folders of one name aside in one second, each whole', async () => {
  const folder = temp.path('node1');
  const aside: string[] = [];
  for (const name of ['first', 'second']) {
    await mkdir(folder);
    await writeFile(join(folder, name), '');
    aside.push(await putAside(folder));
  }
  expect(new Set(aside).size).toBe(2);
  expect(await Promise.all(aside.map((path) => readdir(path)))).toEqual([['first'], ['second']]);
});
