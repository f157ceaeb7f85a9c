import { BlockList, isIP } from 'node:net';

/** Where a request goes to. */
export interface Destination {
  /** Name or address, an IPv6 address without brackets. */
  host: string;
  port: number;
}

/**
 * Whether a list as in `NO_PROXY` names a destination. Commas or blanks separate the entries; each is `*`, a
 * name that includes its subdomains (`example.com`, `.example.com`, `*.example.com`), an address, or a
 * network (`10.0.0.0/8`, `fd00::/8`), and may have a port. Any other entry matches no host.
 */
export function isExcluded(list: string, destination: Destination): boolean {
  const entries = list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  return entries.some((entry) => names(entry, destination));
}

function names(entry: string, { host, port }: Destination): boolean {
  if (entry === '*') return true;
  const { pattern, port: wanted } = parted(entry);
  if (wanted !== undefined && wanted !== port) return false;
  const name = host.toLowerCase().replace(/\.$/, '');
  if (isIP(name) !== 0) return holdsAddress(pattern, name);
  const suffix = pattern.replace(/^\*?\./, '').replace(/\.$/, '');
  return suffix !== '' && (name === suffix || name.endsWith(`.${suffix}`));
}

/** `host:port`, `[v6]:port`, `[v6]`, or no port: an IPv6 address without brackets has none. */
function parted(entry: string): { pattern: string; port?: number } {
  const [, bracketed, named, port] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d+))?$/.exec(entry) ?? [];
  return { pattern: bracketed ?? named ?? entry, ...(port !== undefined && { port: Number(port) }) };
}

function holdsAddress(pattern: string, address: string): boolean {
  const [net = '', bits, ...rest] = pattern.split('/');
  const family = isIP(net);
  if (family === 0 || rest.length > 0) return false;
  const [version, longest] = family === 6 ? (['ipv6', 128] as const) : (['ipv4', 32] as const);
  const length = bits === undefined ? longest : Number(bits);
  if (bits === '' || !Number.isInteger(length) || length < 0 || length > longest) return false;
  const list = new BlockList();
  list.addSubnet(net, length, version);
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
