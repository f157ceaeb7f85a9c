import { describe, expect, it } from 'vitest';
import { type EarlyCounts, earlyShares } from '../../src/poc/early-share.js';

const host = (address: string, early: bigint, final: bigint, votingPower = 10n): EarlyCounts => ({
  address,
  early,
  final,
  votingPower,
});
const missedBy = (...hosts: EarlyCounts[]) =>
  earlyShares(hosts)
    ?.shares.filter(({ missed }) => missed)
    .map(({ address }) => address);

describe('the early-share guard', () => {
  it.each([
    ['all alike', [host('a', 33n, 100n), host('b', 330n, 1000n)], []],
    ['half of the median is enough', [host('a', 40n, 100n), host('b', 40n, 100n), host('c', 20n, 100n)], []],
    ['less is not', [host('a', 40n, 100n), host('b', 40n, 100n), host('c', 199n, 1000n)], ['c']],
    ['nothing early', [host('a', 33n, 100n), host('b', 33n, 100n), host('c', 0n, 100n)], ['c']],
    ['more early than in the end', [host('a', 33n, 100n), host('b', 101n, 100n)], ['b']],
    ['a heavy host moves the median', [host('a', 1n, 100n, 100n), host('b', 90n, 100n, 1n)], []],
    ['without power one does not', [host('a', 90n, 100n, 0n), host('b', 10n, 100n)], []],
    ['no commit is no point', [host('a', 0n, 0n), host('b', 33n, 100n)], []],
    ['beyond 2^53', [host('a', 2n ** 60n, 2n ** 61n, 11n), host('b', 2n ** 59n - 1n, 2n ** 61n)], ['b']],
  ])('%s', (_name, hosts, expected) => {
    expect(missedBy(...hosts)).toEqual(expected);
  });

  it('does not act where nobody with voting power committed', () => {
    expect(earlyShares([host('a', 1n, 2n, 0n)])).toBeNull();
    expect(earlyShares([])).toBeNull();
  });

  it('takes the lower middle', () => {
    expect(earlyShares([host('b', 9n, 10n), host('a', 1n, 10n)])?.median).toEqual({ early: 1n, final: 10n });
  });
});
