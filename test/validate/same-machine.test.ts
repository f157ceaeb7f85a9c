import { expect, it } from 'vitest';
import { pocParamsOf } from '../../src/golden/poc-params.js';
import { AdminClient } from '../../src/network/admin-client.js';
import { listedArgs } from '../../src/network/listed-args.js';
import { record } from '../../src/record/record.js';
import type { MlNodeSimulatorOptions } from '../../src/simulator/mlnode/index.js';
import { startNetworkSimulator } from '../../src/simulator/network/simulator.js';
import type { ValidateOptions } from '../../src/validate/options.js';
import { validateNode } from '../../src/validate/validate-node.js';
import { assayHere } from '../support/assay.js';
import { useTempFolder } from '../support/temp.js';
import { MODEL, reference, simulatedNodes } from './support.js';

const temp = useTempFolder();
const simulate = simulatedNodes();
const ARGS = ['--tensor-parallel-size', '4', '--trust-remote-code'];
const MACHINE = { gpuCount: 8, version: '3.1.0', args: ARGS } as const;
let count = 0;

/** A node is recorded, and another one of the same machine or of another one is held against the recording. */
async function heldAgainstItsLike(
  node: Partial<MlNodeSimulatorOptions>,
  options: Partial<ValidateOptions> = {},
) {
  const out = temp.path(`reference${++count}.json`);
  const recorded = await simulate({ ...MACHINE });
  await record({
    mlnodeUrl: recorded.url,
    params: pocParamsOf(reference.file),
    nonces: reference.nonces,
    batchSize: 32,
    timeoutSeconds: 60,
    distThreshold: undefined,
    source: undefined,
    additionalArgs: ARGS,
    out,
    repeat: 1,
    everyReplica: false,
    repeatLimit: 0.02,
    resume: false,
    force: false,
    signal: new AbortController().signal,
    onWarning() {},
    onProgress() {},
  });
  const { url } = await simulate({ ...MACHINE, ...node });
  const { report } = await validateNode({
    mlnodeUrl: url,
    model: MODEL,
    reference: out,
    expDir: temp.path(`run${count}`),
    patience: 0.3,
    skipThroughput: true,
    skipSelfCheck: true,
    listedArgs: async () => ARGS,
    ...options,
  });
  const codes = report.warning_details?.map(({ code }) => code);
  return { report, codes, distribution: report.validation?.distribution };
}

it('expects a node of the same GPU class, build, topology, batch and arguments to repeat the reference', async () => {
  const { report, codes, distribution } = await heldAgainstItsLike({});
  expect(report.verdict).toBe('PASS');
  expect(distribution).toMatchObject({ hardware: 'same', differs: [], not_known: [] });
  expect(codes).not.toContain('not_the_same_as_the_reference');
});

it('warns of distances as between machines where the machine is the same, and fails by them when strict', async () => {
  const node = { replicas: ['honest', 'honest'] as const };
  const { report, codes } = await heldAgainstItsLike(node);
  expect([report.verdict, codes]).toEqual([
    'PASS',
    expect.arrayContaining(['not_the_same_as_the_reference']),
  ]);
  // They are not those of other hardware: the hardware is the same.
  expect(report.validation?.diagnosis).toEqual([]);
  const strict = await heldAgainstItsLike(node, { strict: true });
  expect(strict.report.verdict).toBe('FAIL');
  expect(strict.report.verdict_reason).toContain('not the same as the reference');
});

it('takes the band of pairs that differ as the run does, and says what it does not know', async () => {
  const batch = await heldAgainstItsLike({}, { validationBatchSize: 16 });
  expect(batch.distribution).toMatchObject({ hardware: 'other', differs: ['batch'] });
  // The one pair of Kimi that differs in nothing but the batch.
  expect(batch.distribution?.band).toMatchObject({ source: expect.stringMatching(/^1 honest pair:/) });

  const unknown = await heldAgainstItsLike({}, { listedArgs: async () => null });
  expect(unknown.distribution).toMatchObject({
    hardware: 'unknown',
    not_known: ['topology', 'arguments'],
  });
  expect(batch.distribution?.band_of).toBe('pairs_like_the_run');
  expect(unknown.distribution?.band_of).toBe('all_pairs');
  expect(unknown.distribution?.band?.source).toMatch(/^[2-9] honest pairs|^\d\d honest pairs/);
});

it('asks the admin API for the arguments of the node, which tell the promised replicas', async () => {
  const TWO = ['--tensor-parallel-size', '2'];
  const node = await simulate({ gpuCount: 16, args: ARGS });
  const net = await startNetworkSimulator({ blockTimeMs: 60_000, names: { ml: '127.0.0.1' } });
  const port = Number(new URL(node.url).port);
  const listed = { id: 'node1', host: '127.0.0.1', inference_port: 5050, poc_port: port, max_concurrent: 5 };
  await new AdminClient(net.url).put({ ...listed, models: { [MODEL]: { args: TWO } } });
  const signal = new AbortController().signal;
  expect(await listedArgs(net.url, { model: MODEL, mlnodeUrl: `${node.url}/v3.1.0` }, signal)).toEqual(TWO);
  expect(await listedArgs(net.url, { model: 'other', mlnodeUrl: node.url }, signal)).toBeNull();
  expect(await listedArgs(net.url, { model: MODEL, mlnodeUrl: 'http://127.0.0.1:1' }, signal)).toBeNull();

  const folder = temp.path('listed');
  const args = ['--mlnode-url', node.url, '--model', MODEL, '--exp-dir', folder, '--skip-throughput'];
  const found = await assayHere([...['validate', ...args], '--admin-url', net.url, '--no-self-check']);
  expect(found.stdout).toContain('4 of 8 promised replicas are in rotation');
  await net.close();
  const away = ['--mlnode-url', node.url, '--model', MODEL, '--exp-dir', temp.path('away')];
  const told = await assayHere([
    ...['validate', ...away, '--skip-throughput', '--no-self-check'],
    ...['--admin-url', net.url],
  ]);
  expect(told.exitCode, told.stderr).toBe(0);
  expect(told.stdout).toContain('the arguments of the node are not known');
});
