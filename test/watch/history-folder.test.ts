import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { pruneRuns, watchRunFolder } from '../../src/watch/history-folder.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();

it('names runs so that their names are in order of time, below their node', () => {
  const folder = watchRunFolder('watch/f', 'node/1', new Date('2026-09-01T02:03:04.5Z'));
  expect(folder).toMatch(/^watch\/f\/node-1~[0-9a-f]{16}\/2026-09-01_020304\.500$/);
});

it('removes the oldest runs, and nothing that is no run', async () => {
  for (const name of ['2026-01-01', '2026-01-02', '2026-01-03']) {
    await mkdir(temp.path(`n/${name}`), { recursive: true });
    await writeFile(temp.path(`n/${name}/validate_config.json`), '{}');
  }
  await mkdir(temp.path('n/2025-notes'));
  await pruneRuns(temp.path('n'), 2);
  expect((await readdir(temp.path('n'))).sort()).toEqual(['2025-notes', '2026-01-02', '2026-01-03']);
  await pruneRuns(temp.path('none'), 2);
});
