import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTaken, readers } from './readers.js';
import { textsLike } from './texts.js';

// A part of `npm run fuzz`, always the same.
const CASES = 2_000;

test.each(readers)('the reader of $name gives a value or a named error', (reader) => {
  for (const sample of reader.samples) expect(isTaken(reader, sample)).toBe(true);
  fc.assert(
    fc.property(textsLike(reader.samples), (text) => {
      isTaken(reader, text);
    }),
    { numRuns: Math.ceil(CASES / readers.length), seed: 8 },
  );
});
