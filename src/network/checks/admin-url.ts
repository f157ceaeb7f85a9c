import { BlockList, isIP } from 'node:net';
import type { Check } from './check.js';

/** The admin API asks for no credentials: whoever reaches it can take the host's nodes away. */
export const adminUrl: Check = {
  name: 'admin-url',
  judge({ adminUrl }) {
    const { hostname, host } = new URL(adminUrl);
    if (isPrivate(hostname.replace(/^\[|\]$/g, ''))) return { state: 'ok', text: `${host} is private` };
    return {
      state: 'warn',
      text: `${host} does not look private`,
      advice: 'the admin API has no authentication: keep its port on the host alone',
    };
  },
};

const privateNets = new BlockList();
privateNets.addSubnet('127.0.0.0', 8);
privateNets.addSubnet('10.0.0.0', 8);
privateNets.addSubnet('172.16.0.0', 12);
privateNets.addSubnet('192.168.0.0', 16);
privateNets.addSubnet('169.254.0.0', 16);
privateNets.addSubnet('100.64.0.0', 10);
privateNets.addAddress('::1', 'ipv6');
privateNets.addSubnet('fc00::', 7, 'ipv6');
privateNets.addSubnet('fe80::', 10, 'ipv6');

function isPrivate(hostname: string): boolean {
  const family = isIP(hostname);
  if (family !== 0) return privateNets.check(hostname, family === 6 ? 'ipv6' : 'ipv4');
  // A name without a dot is a container's or a machine's in the same network.
  return !hostname.includes('.') || /\.(?:local|localhost|internal|lan|home\.arpa)$/i.test(hostname);
}
