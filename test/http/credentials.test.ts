import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { authorizationFor, hasCredentials, shownUrl } from '../../src/http/credentials.js';
import { maskSecrets } from '../../src/http/mask.js';
import { parseBaseUrl } from '../../src/http/url.js';

const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

describe('the credentials of a URL', () => {
  it('are kept for its address, and are no part of it', () => {
    const address = parseBaseUrl('http://me:hush-hush@10.1.0.1:8080/v3/', '--mlnode-url');
    expect(address).toBe('http://10.1.0.1:8080/v3');
    expect(authorizationFor(`${address}/api/v1/state`)).toBe(basic('me', 'hush-hush'));
    expect([hasCredentials(address), shownUrl(address)]).toEqual([true, 'http://***@10.1.0.1:8080/v3']);
    for (const other of [
      'https://10.1.0.1:8080',
      'http://10.1.0.1:8081',
      'http://10.1.0.10:8080',
      'http://10.1.0.1',
    ])
      expect(authorizationFor(other)).toBeUndefined();
  });

  it('are told apart by path where two nodes share an origin', () => {
    parseBaseUrl('http://a:one-one@10.1.0.2/node1', '--url');
    parseBaseUrl('http://b:two-two@10.1.0.2/node10', '--url');
    expect(authorizationFor('http://10.1.0.2/node1/x')).toBe(basic('a', 'one-one'));
    expect(authorizationFor('http://10.1.0.2/node10/x')).toBe(basic('b', 'two-two'));
  });

  it('may be of any legal character, written as it is or encoded, and no message tells them', () => {
    const password = fc
      .string({
        unit: fc.constantFrom(...`abcXYZ019'"<>\`%!$&*()+,;=:~^|{}[]_-. é北/?#@\\`),
        minLength: 6,
        maxLength: 20,
      })
      .filter((text) => text.trim() === text);
    fc.assert(
      fc.property(password, fc.webPath(), (secret, path) => {
        const url = `http://op:${encodeURIComponent(secret)}@10.1.0.3${path.replaceAll('@', '')}`;
        const address = parseBaseUrl(url, '--mlnode-url');
        expect(address).not.toContain('op:');
        expect(authorizationFor(address)).toBe(basic('op', secret));
        const told = maskSecrets(`one ${secret} two ${url} three ${encodeURIComponent(secret)}`);
        expect(told).not.toContain(secret);
        expect(told).not.toContain(encodeURIComponent(secret));
      }),
    );
  });

  it.each([
    'http://op:hush/hush@10.1.0.4',
    'http://op:1/hush@10.1.0.4',
    'http://op:1?hush@10.1.0.4',
    'http://op:1#hush@10.1.0.4',
    'http://op:hu sh@[bad',
    'ftp://op:hush@10.1.0.4',
    'op:hush@10.1.0.4',
  ])('are in no error, where %s cannot be used', (text) => {
    let message = '';
    try {
      parseBaseUrl(text, '--mlnode-url');
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain('--mlnode-url');
    expect(message).not.toMatch(/hush|hu sh|op:/);
  });

  it('cost no time in a long text', () => {
    const begun = performance.now();
    for (const text of ['a'.repeat(1e6), '://'.repeat(3e5), `http://${'@'.repeat(1e6)}`, 'a@'.repeat(5e5)])
      maskSecrets(text);
    expect(performance.now() - begun).toBeLessThan(20_000);
  });
});
