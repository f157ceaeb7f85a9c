import { cleanText } from '../clean.js';
import { UsageError } from '../errors.js';
import { keepCredentials, shownText } from './credentials.js';

/** Servers refuse longer ones, and everything that names the address would be as long. */
const LONGEST = 2_048;
const SHOWN = 200;
const FORM = 'write it like http://10.0.0.21:8080';

/**
 * The address in a base URL that a user wrote, without credentials and trailing slashes. The credentials are
 * kept for requests to this address, and are not passed on with it.
 *
 * @param flag the flag that it was given with, for the error
 * @throws UsageError when it is no http(s) URL, or carries a query or a fragment
 */
export function parseBaseUrl(text: string, flag: string): string {
  const shown = cleanText(shownText(text), SHOWN);
  if (text.length > LONGEST)
    throw new UsageError(`${flag}: "${shown}" is longer than ${LONGEST} characters`, { advice: FORM });
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new UsageError(`${flag}: "${shown}" is no URL`, { advice: FORM });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new UsageError(`${flag}: "${shown}" is not an http or https URL`, { advice: FORM });
  }
  if (url.search !== '' || url.hash !== '') {
    throw new UsageError(`${flag}: "${shown}" must not have a query or a fragment`, {
      advice: 'in a password, write ? as %3F and # as %23',
    });
  }
  if (url.pathname.includes('@')) {
    throw new UsageError(`${flag}: "${shown}" has an @ behind its host`, {
      advice: 'in a password, write / as %2F; in a path, @ as %40',
    });
  }
  return keepCredentials(url);
}
