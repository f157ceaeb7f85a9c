import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readWhole, readWholeSync } from '../../src/files/read-whole.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();

it('reads a file whole, and of a device without an end no more than its bound', async () => {
  const path = await temp.write('text', 'x'.repeat(3_000_000));
  expect((await readWhole(path)).length).toBe(3_000_000);
  await expect(readWhole(path, 2)).rejects.toThrow('it is larger than 2 MiB');
  await expect(readWhole('/dev/zero', 4)).rejects.toThrow('it is larger than 4 MiB');
  await expect(readWhole(temp.path('none'))).rejects.toMatchObject({ code: 'ENOENT' });
});

it('does the same for a caller that cannot wait', async () => {
  const path = await temp.write('text', 'x'.repeat(3_000_000));
  expect(readWholeSync(path).toString()).toBe('x'.repeat(3_000_000));
  expect(() => readWholeSync(path, 2)).toThrow('it is larger than 2 MiB');
  expect(() => readWholeSync('/dev/zero', 4)).toThrow('it is larger than 4 MiB');
});

it('says in plain words why a file cannot be read', async () => {
  for (const [path, why] of [
    [temp.path('none'), 'no such file'],
    [temp.path('.'), 'it is a folder, not a file'],
    [join(await temp.write('file', ''), 'below'), 'a part of its path is a file, not a folder'],
  ] as const) {
    await expect(readWhole(path)).rejects.toMatchObject({ message: why });
    expect(() => readWholeSync(path)).toThrow(expect.objectContaining({ message: why }));
  }
});
