import { writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { claimFolder } from '../../src/journal/claim.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();

it('is of one thing for good', async () => {
  const folder = temp.path('a/b');
  await claimFolder(folder, { node: '北京' });
  await claimFolder(folder, { node: '北京' });
  await expect(claimFolder(folder, { node: '上海' })).rejects.toThrow(/is of \{"node":"北京"\}, not of/);
  await writeFile(`${folder}/identity.json`, '{"node"');
  await expect(claimFolder(folder, { node: '北京' })).rejects.toThrow(/an unknown run/);
});
