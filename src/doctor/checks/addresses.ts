import { isPrivateHost } from '../../http/private-address.js';
import type { DoctorCheck, DoctorFinding } from '../check.js';
import type { DoctorFacts } from '../facts.js';

/** The PoC port and the admin port ask for no credentials, so they must not be reachable from outside. */
export const addresses: DoctorCheck = {
  name: 'addresses',
  title: 'ports are not public',
  whyItMatters:
    'Neither the ML node nor the admin API asks for credentials. Anyone who reaches the port controls the node.',
  judge: (facts) => addressesOf(facts).map(([what, url]) => judgeAddress(what, url)),
};

function addressesOf({ mlNodes, admin }: DoctorFacts): [what: string, url: string][] {
  const nodes = mlNodes.map(({ name, url }): [string, string] => [
    name === url ? 'ML node' : `ML node ${name}`,
    url,
  ]);
  return admin === null ? nodes : [...nodes, ['admin API', admin.url]];
}

function judgeAddress(what: string, url: string): DoctorFinding {
  const { hostname, host } = new URL(url);
  if (isPrivateHost(hostname)) {
    return {
      state: 'ok',
      text: `${what}: ${hostname} is private; only a test from outside proves that the port is closed`,
    };
  }
  return {
    state: 'warn',
    text: `${what}: ${hostname} may be public, and the port asks for no credentials`,
    advice: `close it in the firewall, then try from another network: curl -m 5 http://${host}/`,
  };
}
