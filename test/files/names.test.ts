import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { folderName } from '../../src/files/names.js';

describe('the folder of a name', () => {
  it.each([
    ['北京', '上海'],
    ['ml/1', 'ml-1'],
    ['ml:1', 'ml 1'],
    ['ML-1', 'ml-1'],
    ['a.', 'a'],
    ['.', '..'],
    ['', ' '],
    ['é', 'e\u0301'],
    ['ß', 'SS'],
    ['nul', 'NUL'],
    ['a~b', 'a-b'],
    ['x'.repeat(61), 'x'.repeat(62)],
    ['../../etc', '..-..-etc'],
    ['node\u202e1', 'node1'],
  ])('keeps %j and %j apart, where case counts and where it does not', (one, other) => {
    expect(folderName(one).toLowerCase()).not.toBe(folderName(other).toLowerCase());
  });

  it('keeps a plain name as it is, and no other: a hashed one cannot be given as a name', () => {
    for (const name of ['ml-1', 'node_2', '10.0.0.7', 'kimi-k2.6']) expect(folderName(name)).toBe(name);
    const hashed = folderName('北京');
    expect(folderName(hashed)).not.toBe(hashed);
  });

  it('is injective and short, and one name of a folder, for any two names', () => {
    const name = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.webPath());
    fc.assert(
      fc.property(name, name, (one, other) => {
        const [first, second] = [folderName(one), folderName(other)];
        expect(first.toLowerCase() === second.toLowerCase()).toBe(one === other);
        expect(Buffer.byteLength(first)).toBeLessThanOrEqual(60);
        expect(first).toMatch(/^(?!\.)[a-z0-9._~-]+(?<!\.)$/);
      }),
    );
  });

  it('can be made on the disk, forty Chinese letters and a thousand others included', async () => {
    const root = await mkdtemp(join(tmpdir(), 'names-'));
    for (const name of ['京'.repeat(40), 'x'.repeat(1000), '😀'.repeat(80), '/', 'a\nb'])
      await mkdir(join(root, folderName(name)));
    await rm(root, { recursive: true });
  });
});
