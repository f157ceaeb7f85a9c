import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { UsageError } from '../errors.js';
import { maskSecrets } from './mask.js';
import { isExcluded } from './no-proxy.js';
import { isPrivateHost } from './private-address.js';

/** A proxy on the way to a network node. */
export interface WayOut {
  /** Without credentials. */
  url: string;
  /** Value of the header Proxy-Authorization; never to be shown. */
  authorization?: string;
}

const VARIABLES = { 'http:': 'HTTP_PROXY', 'https:': 'HTTPS_PROXY' } as const;

/** Turns off the proxies of the environment, for this process and those that it starts. */
export function withoutProxies(env: NodeJS.ProcessEnv = process.env): void {
  for (const name of Object.values(VARIABLES)) {
    delete env[name];
    delete env[name.toLowerCase()];
  }
}

/**
 * The proxy that the environment names for a URL: `HTTP_PROXY` or `HTTPS_PROXY` by its scheme, unless `NO_PROXY` names
 * its host, or its address is a private one. The lower-case variables count before the others.
 *
 * @throws UsageError when it names none that can be used
 */
export async function proxyFor(
  target: string,
  env: NodeJS.ProcessEnv = process.env,
  resolve: Resolve = addressesOf,
): Promise<WayOut | undefined> {
  const url = new URL(target);
  const variable = VARIABLES[url.protocol as keyof typeof VARIABLES];
  const [name, text] = envValue(env, variable);
  if (text === '') return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  if (isPrivateHost(host)) return undefined;
  const [, list] = envValue(env, 'NO_PROXY');
  if (isExcluded(list, { host, port })) return undefined;
  const addresses = isIP(host) === 0 ? await resolve(host) : [];
  const isNear = addresses.some((at) => isPrivateHost(at) || isExcluded(list, { host: at, port }));
  return isNear ? undefined : parseProxy(name, text);
}

function envValue(env: NodeJS.ProcessEnv, name: string): [name: string, value: string] {
  const lower = env[name.toLowerCase()]?.trim();
  return lower ? [name.toLowerCase(), lower] : [name, env[name]?.trim() ?? ''];
}

/** @throws UsageError that tells no credentials */
function parseProxy(name: string, text: string): WayOut {
  const advice = `write it like http://proxy.example:3128, or leave it out with --no-proxy`;
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  } catch {
    throw new UsageError(`${name} is no URL of a proxy`, { advice });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new UsageError(
      `${name}: a proxy at ${maskSecrets(`${url.protocol}//${url.host}`)} is not supported`,
      {
        advice,
      },
    );
  }
  const { username, password, origin } = url;
  if (username === '' && password === '') return { url: origin };
  const pair = `${plain(username)}:${plain(password)}`;
  return { url: origin, authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** A percent sign that encodes nothing is kept as it is. */
function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

type Resolve = (host: string) => Promise<string[]>;

/** If only the proxy can resolve public names, the resolver of this machine may be slow. */
const LOOK_UP_MS = 2_000;
const known = new Map<string, Promise<string[]>>();

/** The addresses of a name; none if this machine does not know it. Each name is looked up once. */
function addressesOf(host: string): Promise<string[]> {
  const found = known.get(host) ?? lookUp(host);
  known.set(host, found);
  return found;
}

async function lookUp(host: string): Promise<string[]> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<string[]>((done) => {
    timer = setTimeout(done, LOOK_UP_MS, []);
  });
  const found = lookup(host, { all: true }).then(
    (all) => all.map(({ address }) => address),
    () => [],
  );
  return await Promise.race([found, tooLate]).finally(() => clearTimeout(timer));
}
