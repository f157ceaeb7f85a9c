import { afterEach, expect, it, vi } from 'vitest';
import { readYaml } from '../../src/schemas/read-yaml.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();
const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
afterEach(() => expect(warned).not.toHaveBeenCalled());

const LISTED = '[x, x, x, x, x, x, x, x, x]';
const refused: [what: string, text: string, why: RegExp][] = [
  ['an unknown tag', 'a: !python/object x', /not YAML \(Unresolved tag: !python\/object/],
  ['a key twice', 'a: 1\na: 2', /not YAML \(Map keys must be unique/],
  ['two documents', 'a: 1\n---\nb: 1', /not YAML \(/],
  ['half a list', 'a: [1', /not YAML \(/],
  [
    'aliases of aliases',
    `a: &a ${LISTED}\nb: &b ${LISTED.replaceAll('x', '*a')}\nc: &c ${LISTED.replaceAll('x', '*b')}\nd: ${LISTED.replaceAll('x', '*c')}`,
    /not YAML \(Excessive alias count/,
  ],
  ['too deep a list', '['.repeat(200_000), /not YAML \(/],
];

it.each(refused)('refuses %s in one line', async (_what, text, why) => {
  const path = await temp.write('it.yaml', text);
  const error = (await readYaml(path, 'it', '').catch((thrown: unknown) => thrown)) as Error;
  expect(error.message).toMatch(why);
  expect(error.message).not.toContain('\n');
});

it('reads numbers, texts and keys that are lists, and prints nothing itself', async () => {
  const path = await temp.write('it.yaml', 'a: 1\nb: "2"\n? [c]\n: 3\n');
  expect(await readYaml(path, 'it', '')).toEqual({ a: 1, b: '2', '[ c ]': 3 });
});
