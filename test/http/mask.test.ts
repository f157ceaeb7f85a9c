import { expect, it } from 'vitest';
import { maskSecrets } from '../../src/http/mask.js';

it.each([
  ['GET http://host:hush@10.0.0.1:8080/x: 500', 'GET http://***@10.0.0.1:8080/x: 500'],
  ['"redis://:hush@cache/0" and "https://a:b@c"', '"redis://***@cache/0" and "https://***@c"'],
  ['http://user@host', 'http://***@host'],
  ['http://user:hu@sh@host/p', 'http://***@host/p'],
  ['http://user:hu%2Fsh@host', 'http://***@host'],
  // A password may hold a slash: what stands before the last @ of a word is hidden, whatever it is.
  ['http://user:hu/sh@host and mail@host', 'http://***@host and mail@host'],
  ['mail@host, http://host/path', 'mail@host, http://host/path'],
])('masks %s', (text, masked) => {
  expect(maskSecrets(text)).toBe(masked);
});
