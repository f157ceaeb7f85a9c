import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import {
  epochLimit,
  fallbackChoice,
  pocBatchOf,
  reachOf,
  readHostFile,
  wantedNodes,
} from '../../src/lifecycle/host-file.js';
import { EXAMPLE, hostTemplate } from '../../src/lifecycle/host-template.js';
import { sendSettings } from '../../src/lifecycle/store-choice.js';
import type { ListedNode } from '../../src/network/admin-client.js';
import type { NodeObject } from '../../src/network/node-object.js';
import { addressOf } from '../../src/simulator/chain/chain.js';
import { assay } from '../support/assay.js';
import { useTempFolder } from '../support/temp.js';

const temp = useTempFolder();
const address = addressOf('host1');

async function read(changes: Record<string, unknown>) {
  const host = { ...parse(hostTemplate({ ...EXAMPLE, address })), ...changes };
  return await readHostFile(await temp.write('host.yaml', stringify(host)));
}

describe('a host file', () => {
  it('is what the template makes, whatever was answered', async () => {
    const key = 'a: key # with "marks"';
    const path = await temp.write('template.yaml', hostTemplate({ ...EXAMPLE, address, key }));
    expect(await readHostFile(path)).toMatchObject({ address, key, choice: 'deploy', at_a_time: 4 });
  });

  it('names files beside itself, and a program in PATH', async () => {
    const host = await read({ passphrase_file: 'secret', inferenced: './bin/inferenced' });
    expect([host.passphrase_file, host.inferenced]).toEqual([
      temp.path('secret'),
      temp.path('bin/inferenced'),
    ]);
    expect((await read({ inferenced: 'inferenced' })).inferenced).toBe('inferenced');
  });

  it('says how this machine reaches a node, its PoC batch, and where the keyring is', async () => {
    const node = {
      id: 'node1',
      host: 'inference',
      gpu: 'B200',
      url: 'http://127.0.0.1:8080/',
      poc_batch: 16,
    };
    const host = await read({ ml_nodes: [node], keyring_dir: 'keys', warm_key: true });
    expect(reachOf(host)).toEqual({ node1: 'http://127.0.0.1:8080' });
    expect([pocBatchOf(host, 'node1'), pocBatchOf(host, 'node2')]).toEqual([16, undefined]);
    const { signer } = sendSettings(host, 'http://node.example');
    expect(signer).toMatchObject({ keyringDir: temp.path('keys'), granter: address });
    expect(sendSettings(await read({}), 'http://node.example').signer.granter).toBeUndefined();
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    [
      'a host with a scheme',
      { ml_nodes: [{ id: 'a', host: 'http://10.0.0.21', gpu: 'B200' }] },
      /ml_nodes: a: host has a scheme: write "host": "10.0.0.21"/,
    ],
    [
      'a URL that is none',
      { ml_nodes: [{ id: 'a', host: 'h', gpu: 'B200', url: '127.0.0.1:8080' }] },
      /url of a: .* is no URL/,
    ],
    ['until and epochs together', { until: 'eligible', epochs: 2 }, /host.yaml/],
    [
      'a fallback to nobody',
      { on_validation_failure: { delegate: 'gonka1x' } },
      /on_validation_failure\.delegate/,
    ],
    ['a load time that is none', { load_time: 'soon' }, /load_time: "soon" is not a duration/],
    ['an unknown fallback', { if_not_pre_eligible: 'perhaps' }, /if_not_pre_eligible/],
    [
      'a node twice',
      { ml_nodes: [1, 2].map(() => ({ id: 'a', host: 'h', gpu: 'B200' })) },
      /a is there twice/,
    ],
  ])('refuses %s', async (_, changes, reason) => {
    await expect(read(changes)).rejects.toThrow(reason);
  });

  it('says how long to go on, and what to fall back to', async () => {
    expect(epochLimit(await read({}))).toBe(1);
    expect(epochLimit(await read({ epochs: 3 }))).toBe(3);
    expect(epochLimit(await read({ until: 'eligible' }))).toBe(Number.POSITIVE_INFINITY);
    expect([fallbackChoice(), fallbackChoice('refuse'), fallbackChoice({ delegate: address })]).toEqual([
      undefined,
      { kind: 'refusal' },
      { kind: 'delegation', delegateTo: address },
    ]);
  });
});

describe('the node objects to be switched to', () => {
  const listed: ListedNode = {
    node: {
      id: 'node1',
      host: '10.0.0.21',
      inference_port: 5051,
      poc_port: 8081,
      poc_segment: '/v3.0.8',
      max_concurrent: 300,
      models: { Q: { args: [] } },
    },
    state: {},
  };

  it('change the model, and leave what the file does not name as it is listed', async () => {
    const host = await read({ ml_nodes: [{ id: 'node1', host: '10.0.0.21', gpu: 'B200', poc_port: 8082 }] });
    const [node, ...others] = await wantedNodes(host, [listed]);
    const { models, ...rest } = node as NodeObject;
    expect(rest).toEqual({ ...listed.node, poc_port: 8082, models: undefined });
    expect([Object.keys(models), others]).toEqual([[host.model], []]);
    expect(await wantedNodes({ ...host, choice: 'refuse' }, [listed])).toEqual([]);
    expect(await wantedNodes(host, [])).toMatchObject([{ inference_port: 5050, max_concurrent: 500 }]);
  });
});

describe('assay lifecycle init', () => {
  it('writes an example where nobody can be asked, and never over a file', async () => {
    const out = temp.path('new.yaml');
    const first = await assay(['lifecycle', 'init', '--out', out]);
    expect([first.exitCode, first.stdout]).toEqual([0, out]);
    const second = await assay(['lifecycle', 'init', '--out', out]);
    expect([second.exitCode, second.stderr]).toEqual([
      1,
      expect.stringMatching(/is there already; .*--force/),
    ]);
    expect((await assay(['lifecycle', 'init', '--out', out, '--force'])).exitCode).toBe(0);
  });
});
