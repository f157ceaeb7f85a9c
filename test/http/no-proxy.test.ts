import { describe, expect, it } from 'vitest';
import { isExcluded } from '../../src/http/no-proxy.js';

describe('NO_PROXY', () => {
  it.each([
    ['*', 'a.example', 80, true],
    ['', 'a.example', 80, false],
    ['a.example', 'A.Example.', 80, true],
    ['example', 'a.example', 80, true],
    ['.example', 'a.example', 80, true],
    ['.example', 'example', 80, true],
    ['*.example', 'b.a.example', 80, true],
    ['le', 'a.example', 80, false],
    ['xample', 'a.example', 80, false],
    [' x , a.example:8000 ', 'a.example', 8000, true],
    ['a.example:8000', 'a.example', 80, false],
    ['x y\ta.example', 'a.example', 80, true],
    ['203.0.113.7', '203.0.113.7', 80, true],
    ['203.0.113.0/24', '203.0.113.7', 80, true],
    ['203.0.113.0/24:8000', '203.0.113.7', 80, false],
    ['203.0.113.0/24:80', '203.0.113.7', 80, true],
    ['203.0.113.0/33', '203.0.113.7', 80, false],
    ['203.0.113.0/', '203.0.113.7', 80, false],
    ['203.0.113.0/24/1', '203.0.113.7', 80, false],
    ['203.0.113', '203.0.113.7', 80, false],
    ['0.0.0.0/0', '203.0.113.7', 80, true],
    ['0.0.0.0/0', 'a.example', 80, false],
    ['2001:db8::1', '2001:db8:0::1', 80, true],
    ['[2001:db8::1]', '2001:db8::1', 80, true],
    ['[2001:db8::1]:8000', '2001:db8::1', 80, false],
    ['[2001:db8::1]:80', '2001:db8::1', 80, true],
    ['2001:db8::/32', '2001:db8::9', 80, true],
    ['[2001:db8::/32]:80', '2001:db8::9', 80, true],
    ['2001:db8::/129', '2001:db8::9', 80, false],
    ['.', 'a.example', 80, false],
    [',,', 'a.example', 80, false],
    ['[', 'a.example', 80, false],
  ])('"%s" for %s:%i: %s', (list, host, port, excluded) => {
    expect(isExcluded(list, { host, port })).toBe(excluded);
  });
});
