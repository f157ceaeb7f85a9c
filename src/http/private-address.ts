import { BlockList, isIP } from 'node:net';

const privateNets = new BlockList();
privateNets.addSubnet('0.0.0.0', 8);
privateNets.addSubnet('127.0.0.0', 8);
privateNets.addSubnet('10.0.0.0', 8);
privateNets.addSubnet('172.16.0.0', 12);
privateNets.addSubnet('192.168.0.0', 16);
privateNets.addSubnet('169.254.0.0', 16);
privateNets.addSubnet('100.64.0.0', 10);
privateNets.addAddress('::', 'ipv6');
privateNets.addAddress('::1', 'ipv6');
privateNets.addSubnet('fc00::', 7, 'ipv6');
privateNets.addSubnet('fe80::', 10, 'ipv6');

/**
 * Whether a host is in a private network, judged by its name alone.
 *
 * @param hostname a name or an address; an IPv6 address with or without brackets
 */
export function isPrivateHost(hostname: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const family = isIP(name);
  if (family !== 0) return privateNets.check(name, family === 6 ? 'ipv6' : 'ipv4');
  // A name without a dot is a container's or a machine's in the same network.
  return !name.includes('.') || /\.(?:local|localhost|internal|lan|home\.arpa)$/i.test(name);
}
