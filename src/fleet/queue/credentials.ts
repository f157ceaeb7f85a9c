import { AssayError, messageOf } from '../../errors.js';
import { readWhole } from '../../files/read-whole.js';
import { keepCredentials } from '../../http/credentials.js';
import { validateOptions } from '../../run/options.js';

/**
 * Reads a file with one URL per line, `http://USER:PASSWORD@HOST:PORT`; empty lines and comments (`#`) are
 * ignored. The credentials are used only for requests to the same origin: never for another host, scheme or
 * port.
 *
 * @throws AssayError naming the line, never its text
 */
export async function readCredentials(path: string): Promise<void> {
  const text = await readWhole(path, 16).then(String, (error: unknown) => {
    throw new AssayError(`cannot read the credentials file ${path}: ${messageOf(error)}`);
  });
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const url = URL.canParse(line) ? new URL(line) : undefined;
    if (url === undefined || url.username === '' || !/^https?:$/.test(url.protocol)) {
      throw new AssayError(`credentials file ${path}, line ${at + 1}: no URL with a user`, {
        advice: 'write it like http://USER:PASSWORD@10.0.0.21:8080',
      });
    }
    keepCredentials(url);
  }
}

/**
 * A job without credentials in its URLs. Anyone who can read the queue must not get access to the nodes, and
 * anyone who can write to it must not decide which credentials a worker uses.
 */
export function withoutUserinfo<T extends object>(job: T): T {
  return mapUrls(job, (text) => {
    const url = new URL(text);
    url.username = '';
    url.password = '';
    return url.href.replace(/\/+$/, '');
  });
}

/** The options of a job that contain URLs, from the table of options. */
const URL_PLACES = validateOptions.flatMap(([, { isUrl, travels }]) =>
  isUrl && travels !== null ? [travels.split('.')] : [],
);

function mapUrls<T extends object>(job: T, map: (url: string) => string): T {
  return URL_PLACES.reduce<T>((mapped, place) => mapAt(mapped, place, map) as T, job);
}

/** The value with the text at one path mapped; a missing path stays missing. */
function mapAt(value: unknown, [key, ...inner]: string[], map: (text: string) => string): unknown {
  if (key === undefined) return typeof value === 'string' ? map(value) : value;
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return value;
  return { ...value, [key]: mapAt((value as Record<string, unknown>)[key], inner, map) };
}
