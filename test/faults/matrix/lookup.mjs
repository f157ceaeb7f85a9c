// Preloaded with `node --import`: a name under .faulty.test leads to this machine as long as a file of that name
// is in the folder ASSAY_TEST_HOSTS. Nothing else of a name server can be taken away from a running process.
import dns from 'node:dns';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const lookup = dns.lookup;
dns.lookup = (host, options, callback) => {
  if (!host.endsWith('.faulty.test')) return lookup(host, options, callback);
  if (existsSync(join(process.env.ASSAY_TEST_HOSTS, host))) return lookup('127.0.0.1', options, callback);
  const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' });
  queueMicrotask(() => callback(error));
};
