import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cutToWidth, displayWidth } from '../../src/text/width.js';

it('cuts a text by the columns that it takes, between characters', () => {
  expect(cutToWidth('probe: 3 of 200', 8)).toBe('probe: 3');
  expect(cutToWidth('副本 5001', 3)).toBe('副');
  expect(cutToWidth('abc', 10)).toBe('abc');
  expect(cutToWidth('abc', -1)).toBe('');
});

it('never takes more columns than there are, and leaves out only what does not fit', () => {
  const text = fc.string({ unit: fc.constantFrom('a', ' ', '副', '本', '…', '😀') });
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 40 }), (whole, width) => {
      const cut = cutToWidth(whole, width);
      expect(whole.startsWith(cut)).toBe(true);
      expect(displayWidth(cut)).toBeLessThanOrEqual(width);
      const [next] = whole.slice(cut.length);
      if (next !== undefined) expect(displayWidth(cut)).toBeGreaterThanOrEqual(width - 1);
    }),
  );
});
