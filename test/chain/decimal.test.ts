import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { percent, percentOf, toDecimal, truncatedShare } from '../../src/chain/decimal.js';
import { parseLossless, toBigInt, toNumber } from '../../src/chain/integer.js';

describe('decimals of the chain', () => {
  it.each([
    [{ value: '1', exponent: -1 }, '0.1'],
    [{ value: '15', exponent: -2 }, '0.15'],
    [{ value: 0, exponent: 0 }, '0'],
    [{ value: '-25', exponent: '-1' }, '-2.5'],
    [{ value: '3', exponent: 2 }, '300'],
    [{ value: '123456789012345678901', exponent: -30 }, '0.000000000123456789012345678901'],
    [{}, '0'],
    [null, '0'],
    [undefined, '0'],
  ])('%j is %s', (wire, text) => {
    expect(toDecimal(wire).toFixed()).toBe(text);
  });

  it('takes shares as whole-number arithmetic does', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 63n }),
        fc.integer({ min: -30, max: 3 }),
        fc.bigInt({ min: 0n, max: 2n ** 100n }),
        (value, exponent, weight) => {
          const scaled = value * weight;
          const expected =
            exponent < 0 ? scaled / 10n ** BigInt(-exponent) : scaled * 10n ** BigInt(exponent);
          expect(truncatedShare(toDecimal({ value: String(value), exponent }), weight)).toBe(expected);
        },
      ),
    );
  });

  it('tells percent to people', () => {
    expect(percent(1n, 3n)).toBe('33.33 %');
    expect(percent(0n, 0n)).toBe('0.00 %');
    expect(percentOf(toDecimal({ value: 5, exponent: -2 }))).toBe('5 %');
  });
});

describe('integers from the wire', () => {
  it('keep every digit', () => {
    const parsed = parseLossless('{"a":9007199254740993,"b":7,"c":"18446744073709551616"}') as Record<
      string,
      string | number
    >;
    expect(toBigInt(parsed['a'])).toBe(9_007_199_254_740_993n);
    expect(parsed['b']).toBe(7);
    expect(toBigInt(parsed['c'])).toBe(2n ** 64n);
    expect(toBigInt(null)).toBe(0n);
  });

  it('refuse a height that no double holds', () => {
    expect(() => toNumber('9007199254740993')).toThrow(/in place of a height/);
  });
});
