import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../../../src/paths.js';
import { addressOf } from '../../../src/simulator/chain/chain.js';
import { assay } from '../../support/assay.js';
import { KIMI } from '../../support/site.js';
import { useTempFolder } from '../../support/temp.js';

const temp = useTempFolder();

it('assay simulate --network --chain serves a whole host, whose lifecycle runs from the snapshot to the verdict', async () => {
  const folder = temp.path('simulated');
  const flags = [
    '--network',
    '--chain',
    '--port',
    '0',
    '--network-port',
    '0',
    '--inferenced',
    folder,
    '--block-time-ms',
    '100',
  ];
  const simulator = execa(
    'node',
    [
      `${packageRoot}/dist/main.js`,
      'simulate',
      ...flags,
      '--profile',
      'exact,exact,exact,unrelated',
      '--json',
    ],
    { reject: false },
  );
  const { value } = await simulator.iterable().next();
  const { urls, admin_url: url, host_file: file } = JSON.parse(value as string);
  expect(urls).toHaveLength(2);
  expect((await stat(join(folder, 'passphrase'))).mode & 0o777).toBe(0o600);
  expect(parse(await readFile(file, 'utf8'))).toMatchObject({
    node: url,
    ml_nodes: [{ id: 'node1' }, { id: 'node2' }],
  });

  const lifecycle = async (command: string) =>
    assay(['lifecycle', command, '--file', file, ...(command === 'run' ? ['--yes'] : [])], { cwd: folder });
  expect(await lifecycle('plan')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('PoC starts'),
  });
  const run = lifecycle('run');
  // The choice is on the chain once its block is named; then the minute to the snapshot need not be waited for.
  await expect
    .poll(
      async () => (await (await fetch(`${url}/sim/state`)).json()).choices[KIMI]?.[addressOf('host1')]?.kind,
      {
        timeout: 60_000,
      },
    )
    .toBe('intent');
  await fetch(`${url}/sim/set`, { method: 'POST', body: JSON.stringify({ height: 3_874_094 }) });
  const { exitCode, stdout } = await run;
  expect([exitCode, stdout]).toEqual([
    2,
    expect.stringMatching(/node1 +new config, PASS[\s\S]*node2 +old config, FAIL/),
  ]);

  simulator.kill('SIGINT');
  expect((await simulator).exitCode).toBe(0);
}, 120_000);
