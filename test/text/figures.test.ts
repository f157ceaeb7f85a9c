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

  it('is Chinese to its end in the warnings of a node in a fleet', async () => {
    await useLanguage('zh');
    for (const text of [
      "drift: 96 of 200 nonces (48 %) differ from the node's last PASS of 2026-11-27 20:19 UTC (nonce 32, …); L2 0.6902 on average, 1.8639 at most; neither version, arguments, batch size nor GPUs changed, according to the node",
      'replica 5002: distances far outside the honest band: L2 1.445 ± 0.196, where honest nodes of this model show 0.185–0.206 ± 0.08; the limit of a mean is 0.310',
    ])
      expect(inLanguage(`n2: warning: ${text}`)).not.toMatch(/[a-z]{3,} [a-z]{3,}/);
  });
});
