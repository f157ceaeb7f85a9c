import { afterEach, describe, expect, it } from 'vitest';
import { collectMessages } from '../../scripts/messages/collect.js';
import { counted } from '../../src/text/figures.js';
import { inLanguage, useLanguage } from '../../src/text/language.js';

afterEach(() => useLanguage('en'));

describe('a count in a sentence', () => {
  it.each<[number | bigint, string]>([
    [1, '1 nonce'],
    [1n, '1 nonce'],
    [0, '0 nonces'],
    [2n, '2 nonces'],
  ])('of %s is "%s"', (count, text) => {
    expect(counted(count, 'nonce')).toBe(text);
  });

  it('is read as one sentence, and its translation takes one thing, too', async () => {
    expect(collectMessages().map(({ text }) => text)).toContain('history of {1} runs written to {2}');
    await useLanguage('zh');
    expect(inLanguage('history of 1 run written to x.html')).toBe(
      inLanguage('history of 5 runs written to x.html').replace('5', '1'),
    );
    expect(inLanguage('1 of 1 batch in a.json')).toBe(
      inLanguage('5 of 1 batches in a.json').replace('5', '1'),
    );
  });
});
