import { execa } from 'execa';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../src/paths.js';
import { assay } from '../../support/assay.js';

it('assay simulate --network serves the admin API and the chain in front of the ML node', async () => {
  const flags = ['simulate', '--network', '--port', '0', '--network-port', '0', '--json'];
  const process = execa('node', [`${packageRoot}/dist/main.js`, ...flags], { reject: false });
  const { value } = await process.iterable().next();
  const { url, model, admin_url: adminUrl } = JSON.parse(value as string);
  // Without --node the public API is found on the admin API's own port.
  const options = { env: { ADMIN_API_URL: adminUrl, ASSAY_NODE: '', NODE: '' } };
  const [node] = JSON.parse((await assay(['node', 'list', '--json'], options)).stdout);
  expect(node).toMatchObject({ id: 'node1', poc_port: Number(new URL(url).port), models: { [model]: {} } });

  await fetch(`${adminUrl}/sim/set`, { method: 'POST', body: '{"phaseOverride":"PoCGenerate"}' });
  const refused = await assay(['node', 'disable', 'node1'], options);
  expect(refused).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^FAILED +phase +PoCGenerate/m),
  });
  await fetch(`${adminUrl}/sim/set`, { method: 'POST', body: '{"phaseOverride":null}' });
  expect(await assay(['node', 'disable', 'node1'], options)).toMatchObject({ exitCode: 0 });

  process.kill('SIGINT');
  expect((await process).exitCode).toBe(0);
});

it.each(['--port', '--network-port'])('refuses a %s that is no port', async (flag) => {
  const { exitCode, stderr } = await assay(['simulate', '--network', flag, '70000']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`${flag} must be a whole number from 0 to 65535`);
});
