import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inUrl, isBareName, readHostName } from '../../src/http/host-name.js';

describe('a host as somebody wrote it', () => {
  it.each([
    ['inference', 'inference', []],
    ['10.0.0.21', '10.0.0.21', []],
    ['fd00::1', 'fd00::1', []],
    ['[fd00::1]', 'fd00::1', []],
    ['http://10.0.0.21', '10.0.0.21', ['a scheme']],
    ['HTTPS://node.example/', 'node.example', ['a scheme', 'a path']],
    ['10.0.0.21:8080', '10.0.0.21', ['a port']],
    ['[fd00::1]:8080', 'fd00::1', ['a port']],
    ['http://[fd00::1]:8080/v3.0.8?x#y', 'fd00::1', ['a scheme', 'a port', 'a path']],
    ['http://user:pass@word@node:1', 'node', ['a scheme', 'credentials', 'a port']],
    ['node:', 'node', ['a port']],
    ['node/v3', 'node', ['a path']],
  ])('%s', (text, name, extras) => {
    expect(readHostName(text)).toEqual({ name, extras });
  });

  it('finds the name in any URL that is made of it', () => {
    const names = fc.constantFrom('inference', '10.0.0.21', 'fd00::1', 'a.example');
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 65_535 }), (name, port) => {
        expect(readHostName(`http://${inUrl(name)}:${port}/x`).name).toBe(name);
        expect(new URL(`http://${inUrl(name)}:${port}`).hostname).toBe(inUrl(name));
      }),
    );
  });

  it('takes a name without a dot for that of a container', () => {
    expect(['inference', 'mlnode-1'].every(isBareName)).toBe(true);
    expect(['localhost', '10.0.0.1', 'a.example', '::1'].some(isBareName)).toBe(false);
  });
});
