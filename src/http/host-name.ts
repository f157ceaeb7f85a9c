/** The parts of a host that a user wrote. */
export interface HostName {
  /** Name or address alone; an IPv6 address without brackets. */
  name: string;
  /** Parts around the host that do not belong there: `a scheme`, `credentials`, `a port`, `a path`. */
  extras: string[];
}

/**
 * Reads the name or address out of a text that may hold a whole URL.
 *
 * @param text for example `inference`, `10.0.0.21`, `[fd00::1]`, `http://10.0.0.21:8080/v3`
 */
export function readHostName(text: string): HostName {
  const extras: string[] = [];
  let rest = text.trim();
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(rest)?.[0];
  if (scheme !== undefined) {
    extras.push('a scheme');
    rest = rest.slice(scheme.length);
  }
  const path = rest.search(/[/?#]/);
  if (path >= 0) rest = rest.slice(0, path);
  const at = rest.lastIndexOf('@');
  if (at >= 0) {
    extras.push('credentials');
    rest = rest.slice(at + 1);
  }
  const [, bracketed, plain] = /^\[([^\]]*)\](?::\d*)?$/.exec(rest) ?? /^()([^:]*):\d*$/.exec(rest) ?? [];
  if (/:\d*$/.test(rest) && (bracketed || plain)) extras.push('a port');
  if (path >= 0) extras.push('a path');
  return { name: bracketed || plain || rest, extras };
}

/** A host in the form that a URL has: an IPv6 address in brackets. */
export function inUrl(name: string): string {
  return name.includes(':') ? `[${name}]` : name;
}

/** A name without a dot: a container's, or a machine's of the same network. */
export function isBareName(name: string): boolean {
  return !/[.:]/.test(name) && name.toLowerCase() !== 'localhost';
}
