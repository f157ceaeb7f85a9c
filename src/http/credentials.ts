/**
 * Credentials by address. Only this module keeps them, so that no URL that is sent, shown or written contains
 * them.
 */
const kept = new Map<string, string>();
/** The same for other paths of the same origin: credentials go to no other host, scheme or port. */
const byOrigin = new Map<string, string>();
/** Every spelling of a password that was given, to hide it in messages. */
const secrets = new Set<string>();
/** A shorter password would match inside common words. */
const SHORTEST_SECRET = 4;

/**
 * Takes the credentials out of a URL and keeps them for requests to it.
 *
 * @returns the address without credentials and trailing slashes: the rest of the program sees only this
 */
export function keepCredentials(url: URL): string {
  const { origin, username, password } = url;
  const address = bareOf(url).href.replace(/\/+$/, '');
  if (username === '' && password === '') return address;
  const pair = `${decoded(username)}:${decoded(password)}`;
  const authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  kept.set(address, authorization);
  byOrigin.set(origin, authorization);
  for (const text of [password, decoded(password), `${username}:${password}`, pair, authorization.slice(6)])
    keepSecret(text);
  return address;
}

/** Hides a text in every message. */
export function keepSecret(text: string): void {
  if (text.length >= SHORTEST_SECRET) secrets.add(text);
}

/** Hides in every message what the command line or the environment has between `://` and `@`. */
export function keepSecretsOf(words: (string | undefined)[]): void {
  for (const word of words) {
    const [from, to] = [word?.indexOf('://') ?? -1, word?.lastIndexOf('@') ?? -1];
    if (word === undefined || from < 0 || to < from) continue;
    const userinfo = word.slice(from + 3, to);
    keepSecret(userinfo);
    keepSecret(userinfo.slice(userinfo.indexOf(':') + 1));
  }
}

/** The Authorization header for a request; undefined if no credentials were given for its address. */
export function authorizationFor(url: string): string | undefined {
  if (kept.size === 0) return undefined;
  let found: string | undefined;
  let longest = -1;
  for (const [address, authorization] of kept) {
    const isBelow = url === address || url.startsWith(`${address}/`) || url.startsWith(`${address}?`);
    if (isBelow && address.length > longest) [found, longest] = [authorization, address.length];
  }
  return found ?? byOrigin.get(new URL(url).origin);
}

/** Whether credentials were given with this address. */
export function hasCredentials(address: string): boolean {
  if (kept.has(address)) return true;
  return URL.canParse(address) && new URL(address).href !== bareOf(new URL(address)).href;
}

/** An address as people see it: `http://***@host` where credentials belong to it. */
export function shownUrl(address: string): string {
  if (!hasCredentials(address)) return address;
  return bareOf(new URL(address)).href.replace(/\/+$/, '').replace('://', '://***@');
}

/** A text that is no URL, in the form that an error may show: the part before an `@` may be a password. */
export function shownText(text: string): string {
  const at = text.lastIndexOf('@');
  return at < 0 ? text : `***${text.slice(at)}`;
}

/** Removes every known password from a text. */
export function withoutSecrets(text: string): string {
  let safe = text;
  // The longest first: one password may be part of another.
  for (const secret of [...secrets].sort((a, b) => b.length - a.length))
    safe = safe.replaceAll(secret, '***');
  return safe;
}

function bareOf({ href }: URL): URL {
  const bare = new URL(href);
  bare.username = '';
  bare.password = '';
  return bare;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A single percent sign is allowed in a password.
    return text;
  }
}
