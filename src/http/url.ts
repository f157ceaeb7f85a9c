import { UsageError } from '../errors.js';
import { maskSecrets } from './mask.js';

/**
 * A base URL as a user writes it, without trailing slashes.
 *
 * @param flag the flag that it was given with, for the error
 * @throws UsageError when it is no http(s) URL, or carries a query or a fragment
 */
export function parseBaseUrl(text: string, flag: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new UsageError(`${flag}: "${maskSecrets(text)}" is no URL`, {
      advice: 'write it like http://10.0.0.21:8080',
    });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new UsageError(`${flag}: "${maskSecrets(text)}" is not an http or https URL`, {
      advice: 'write it like http://10.0.0.21:8080',
    });
  }
  if (url.search !== '' || url.hash !== '') {
    throw new UsageError(`${flag}: "${maskSecrets(text)}" must not have a query or a fragment`);
  }
  return url.href.replace(/\/+$/, '');
}

/** A URL as it may be written to a file. */
export function withoutCredentials(text: string): string {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url.href.replace(/\/+$/, '');
}
