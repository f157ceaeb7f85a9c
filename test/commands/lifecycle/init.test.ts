import { existsSync, readFileSync } from 'node:fs';
import { execa } from 'execa';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readHostFile } from '../../../src/lifecycle/host-file.js';
import { packageRoot } from '../../../src/paths.js';
import { addressOf } from '../../../src/simulator/chain/chain.js';
import { assayHere } from '../../support/assay.js';
import { hasScript } from '../../support/pseudo-terminal.js';
import { KIMI, QWEN, useSite } from '../../support/site.js';
import { useTempFolder } from '../../support/temp.js';

const site = useSite();
const temp = useTempFolder();

describe('assay lifecycle init without questions', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('takes the network node of the environment, and names a schema that is there', async () => {
    vi.stubEnv('ASSAY_NODE', 'http://10.0.0.10:8000');
    const out = temp.path('example.yaml');
    expect((await assayHere(['lifecycle', 'init', '--no-ask', '--out', out])).exitCode).toBe(0);
    const text = readFileSync(out, 'utf8');
    expect(text).toMatch(/^node: http:\/\/10\.0\.0\.10:8000$/m);
    const schema = /^# yaml-language-server: \$schema=(.*)$/m.exec(text)?.[1] as string;
    expect(existsSync(schema)).toBe(true);
  });
});

describe.skipIf(!hasScript)('assay lifecycle init on a terminal', () => {
  it('reads the ML nodes from the network node, and asks again where an answer cannot be right', async () => {
    const { net, ml } = site.current;
    net.broker.register(site.current.qwen);
    const out = temp.path('host.yaml');
    const command = `${process.execPath} ${packageRoot}/dist/main.js lifecycle init --out ${out}`;
    const asking = execa('script', ['-qec', command, '/dev/null'], { stdin: 'pipe', reject: false });
    // Pasted as a whole: an address with a letter too few, then all answers.
    const address = addressOf('host1');
    const answers = [address.slice(0, -1), address, 'host1', net.url, net.url, 'Kimi', '', '', 'T4', ''];
    asking.stdout.once('data', () => asking.stdin.write(answers.map((answer) => `${answer}\r`).join('')));
    const { stdout, exitCode } = await asking;
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/that is no address: its checksum/)]);
    expect(stdout).toMatch(/unknown GPU class T4; known are B200/);
    const { ml_nodes, ...host } = await readHostFile(out);
    expect(host).toMatchObject({ address, key: 'host1', node: net.url, admin_url: net.url, model: KIMI });
    expect(ml_nodes).toEqual([
      {
        id: 'node1',
        host: '127.0.0.1',
        gpu: 'B200',
        inference_port: 5050,
        poc_port: ml.port,
        present_model: QWEN,
      },
    ]);
  });
});
