import { expect, it } from 'vitest';
import { readWhole } from '../../src/files/read-whole.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();

it('reads a file whole, and of a device without an end no more than its bound', async () => {
  const path = await temp.write('text', 'x'.repeat(3_000_000));
  expect((await readWhole(path)).length).toBe(3_000_000);
  await expect(readWhole(path, 2)).rejects.toThrow('it is larger than 2 MiB');
  await expect(readWhole('/dev/zero', 4)).rejects.toThrow('it is larger than 4 MiB');
  await expect(readWhole(temp.path('none'))).rejects.toMatchObject({ code: 'ENOENT' });
});
