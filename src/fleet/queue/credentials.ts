import { readFile } from 'node:fs/promises';
import { AssayError, messageOf } from '../../errors.js';
import { withoutCredentials } from '../../http/url.js';
import type { JobOptions } from './job.js';

/** URLs with credentials, by their origin: they go to no other host, scheme or port. */
export type Credentials = Map<string, URL>;

/** The URLs of a job, to which a worker may have credentials. */
interface JobUrls {
  network_node: string | null;
  options: Pick<JobOptions, 'mlnodeUrl' | 'challenge'>;
}

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
export function strip<T extends JobUrls>(job: T): T {
  return mapUrls(job, withoutCredentials);
}

/** A job with this machine's own credentials in its URLs. */
export function fill<T extends JobUrls>(job: T, credentials: Credentials): T {
  return mapUrls(job, (text) => {
    const url = new URL(text);
    const known = credentials.get(url.origin);
    if (known === undefined) return text;
    url.username = known.username;
    url.password = known.password;
    return url.href.replace(/\/+$/, '');
  });
}

function mapUrls<T extends JobUrls>(job: T, map: (url: string) => string): T {
  const { network_node, options } = job;
  const { mlnodeUrl, challenge } = options;
  return {
    ...job,
    network_node: network_node === null ? null : map(network_node),
    options: {
      ...options,
      mlnodeUrl: map(mlnodeUrl),
      ...(challenge && { challenge: { ...challenge, trustedUrl: map(challenge.trustedUrl) } }),
    },
  };
}
