// Starts the fault matrix with what must be there before a process begins: an authority for its certificates,
// and host names that can be taken away.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const file = (path) => fileURLToPath(new URL(path, import.meta.url));
const hosts = mkdtempSync(join(tmpdir(), 'assay-hosts-'));
const { status } = spawnSync(
  process.execPath,
  [
    '--import',
    file('../test/faults/matrix/lookup.mjs'),
    '--import',
    'tsx',
    file('faults.ts'),
    ...process.argv.slice(2),
  ],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_EXTRA_CA_CERTS: file('../test/faults/matrix/tls/ca.pem'),
      ASSAY_TEST_HOSTS: hosts,
    },
  },
);
rmSync(hosts, { recursive: true, force: true });
process.exitCode = status ?? 1;
