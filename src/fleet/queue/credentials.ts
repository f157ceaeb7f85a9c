import { readFile } from 'node:fs/promises';
import { AssayError, messageOf } from '../../errors.js';
import { withoutCredentials } from '../../http/url.js';
import { validateOptions } from '../../run/options.js';

/** URLs with credentials, by their origin: they go to no other host, scheme or port. */
export type Credentials = Map<string, URL>;

/**
 * Reads a file with a URL on each line, `http://USER:PASSWORD@HOST:PORT`; empty lines and comments (`#`) count
 * for nothing.
 *
 * @throws AssayError naming the line, never its text
 */
export async function readCredentials(path: string): Promise<Credentials> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new AssayError(`cannot read the credentials file ${path}: ${messageOf(error)}`);
  });
  const found: Credentials = new Map();
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const url = URL.canParse(line) ? new URL(line) : undefined;
    if (url === undefined || url.username === '' || !/^https?:$/.test(url.protocol)) {
      throw new AssayError(`credentials file ${path}, line ${at + 1}: no URL with a user`, {
        advice: 'write it like http://USER:PASSWORD@10.0.0.21:8080',
      });
    }
    found.set(url.origin, url);
  }
  return found;
}

/** A job without the credentials in its URLs: whoever can read the queue must not get into the nodes. */
export function strip<T extends object>(job: T): T {
  return mapUrls(job, withoutCredentials);
}

/** A job with this machine's own credentials in its URLs. */
export function fill<T extends object>(job: T, credentials: Credentials): T {
  return mapUrls(job, (text) => {
    const url = new URL(text);
    const known = credentials.get(url.origin);
    if (known === undefined) return text;
    url.username = known.username;
    url.password = known.password;
    return url.href.replace(/\/+$/, '');
  });
}

/** Where a job has URLs, by the table of options. */
const URL_PLACES = validateOptions.flatMap(([, { isUrl, travels }]) =>
  isUrl && travels !== null ? [travels.split('.')] : [],
);

function mapUrls<T extends object>(job: T, map: (url: string) => string): T {
  return URL_PLACES.reduce<T>((mapped, place) => mapAt(mapped, place, map) as T, job);
}

/** The value with the text at a place in it mapped; what is not there stays so. */
function mapAt(value: unknown, [key, ...inner]: string[], map: (text: string) => string): unknown {
  if (key === undefined) return typeof value === 'string' ? map(value) : value;
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return value;
  return { ...value, [key]: mapAt((value as Record<string, unknown>)[key], inner, map) };
}
