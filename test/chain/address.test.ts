import { describe, expect, it } from 'vitest';
import { accountOfOperator, addressFault } from '../../src/chain/address.js';
import { addressOf } from '../../src/simulator/chain/chain.js';

describe('addresses', () => {
  const good = addressOf('host1');
  it.each([
    [good, undefined],
    [`${good.slice(0, -1)}${good.endsWith('q') ? 'p' : 'q'}`, /checksum/],
    [addressOf('host1', 'cosmos'), /begins with cosmos1/],
    [addressOf('host1', 'gonkavaloper'), /begins with gonkavaloper1/],
    ['gonka1', /checksum/],
    ['', /checksum/],
    ['node-2', /checksum/],
  ])('%s', (text, fault) => {
    if (fault === undefined) expect(addressFault(text)).toBeUndefined();
    else expect(addressFault(text)).toMatch(fault);
  });

  it('an operator address holds an account', () => {
    expect(accountOfOperator(addressOf('host1', 'gonkavaloper'))).toBe(good);
    expect(accountOfOperator(good)).toBeUndefined();
  });
});
