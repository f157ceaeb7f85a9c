import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';

/** Means this machine, for all of its addresses. */
const HERE = 'this machine';

/**
 * Whether two URLs lead to the same server. User, path and the spelling of the host do not decide this; the
 * resolved address and the port do.
 */
export async function isSameEndpoint(one: string, other: string): Promise<boolean> {
  const [first, second] = [new URL(one), new URL(other)];
  if (portOf(first) !== portOf(second)) return false;
  const [firsts, seconds] = await Promise.all([addressesOf(first), addressesOf(second)]);
  return firsts.some((address) => seconds.includes(address));
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === 'https:' ? '443' : '80');
}

/** The name itself if it does not resolve: the request then fails and says so. */
async function addressesOf({ hostname }: URL): Promise<string[]> {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  try {
    const found = await lookup(host, { all: true });
    return found.map(({ address }) => canonical(address));
  } catch {
    return [host.toLowerCase()];
  }
}

function canonical(text: string): string {
  const address = unmapped(text.toLowerCase());
  const isLoopback = /^127\.|^0\.0\.0\.0$/.test(address) || address === '::1' || address === '::';
  return isLoopback || ownAddresses().includes(address) ? HERE : address;
}

/** An IPv4 address in the form of IPv6: `::ffff:10.0.0.1` or `::ffff:a00:1`. */
function unmapped(address: string): string {
  const hex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address);
  if (hex === null) return address.replace(/^::ffff:/, '');
  return hex
    .slice(1)
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255])
    .join('.');
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).map(({ address }) => address.toLowerCase()),
  );
}
