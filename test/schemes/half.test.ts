import { describe, expect, it } from 'vitest';
import { decodeHalf, encodeHalf } from '../../src/schemes/half.js';
import { oracles } from '../support/oracles.js';

describe('half precision', () => {
  it.each(oracles.half_precision)('decodes $bits as numpy does', ({ bits, value }) => {
    const named = { inf: Infinity, '-inf': -Infinity, nan: Number.NaN };
    expect(decodeHalf(Number(bits))).toBe(typeof value === 'string' ? named[value] : value);
  });

  it('decodes every bit pattern by the definition of binary16', () => {
    for (let bits = 0; bits < 65536; bits++) {
      const sign = bits >> 15 ? -1 : 1;
      const exponent = (bits >> 10) & 31;
      const fraction = bits & 1023;
      const finite =
        exponent === 0 ? (fraction / 1024) * 2 ** -14 : (1 + fraction / 1024) * 2 ** (exponent - 15);
      const expected = exponent === 31 ? (fraction === 0 ? sign / 0 : Number.NaN) : sign * finite;
      if (!Object.is(decodeHalf(bits), expected)) expect.fail(`bits ${bits}: ${decodeHalf(bits)}`);
    }
  });

  it('encodes every decoded finite number back to its bits', () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = decodeHalf(bits);
      if (!Number.isNaN(value) && encodeHalf(value) !== bits)
        expect.fail(`bits ${bits}: ${encodeHalf(value)}`);
    }
  });

  it('rounds to the nearest number, ties to even', () => {
    expect(decodeHalf(encodeHalf(1 + 2 ** -11))).toBe(1);
    expect(decodeHalf(encodeHalf(1 + 3 * 2 ** -11))).toBe(1 + 2 ** -9);
    expect(encodeHalf(65519)).toBe(0x7bff);
    expect(encodeHalf(65520)).toBe(0x7c00);
    expect(encodeHalf(Number.NaN)).toBe(0x7e00);
  });
});
