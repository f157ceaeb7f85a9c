import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalGolden, fileOf } from '../../src/golden/canonical.js';
import { chooseGolden, findGolden } from '../../src/golden/catalog.js';
import type { GoldenReference } from '../../src/golden/reference.js';
import { type DeployConfig, variantOf } from '../../src/models/deploy-config.js';
import { gpusPerReplica, parallelSize, TENSOR_PARALLEL } from '../../src/network/serve-args.js';
import { artifactsFolder } from '../../src/paths.js';
import { type MlNodeSimulator, startMlNodeSimulator } from '../../src/simulator/mlnode/index.js';
import { type NetworkSimulator, startNetworkSimulator } from '../../src/simulator/network/simulator.js';
import { assayHere } from '../support/assay.js';
import { type Bootstrap, startBootstrap } from '../support/bootstrap.js';
import { head } from '../support/golden.js';
import { KIMI, QWEN } from '../support/site.js';
import { useTempFolder } from '../support/temp.js';

/**
 * Every public deploy config: what `artifacts/node-configs` holds is each of them in our own form. A node with its GPUs
 * is brought to serve it in each of the three ways, and is validated: with the shipped reference, and with a file of
 * the user's.
 */
const folder = join(artifactsFolder, 'node-configs');
const configs: { name: string; config: DeployConfig }[] = await Promise.all(
  (await readdir(folder)).map(async (file) => ({
    name: basename(file, '.json'),
    config: JSON.parse(await readFile(join(folder, file), 'utf8')),
  })),
);
const models = [...new Set(configs.map(({ config }) => config.model))];

const QWEN_ARGS = ['--tensor-parallel-size', '2', '--max-model-len', '240000'];
/** The reasoning parser of MiniMax before vLLM 0.28. */
const OLD_PARSER = 'minimax_m2_append_think';
const OLD_BUILD = { version: '3.0.17', vllm: '0.20.2' };
const NEW_BUILD = { version: '3.1.0', vllm: '0.28.0' };
const POC_START = 3_874_496;
/** So many nodes at a time, on however few cores. */
const limit = pLimit(6);
const temp = useTempFolder();

let net: NetworkSimulator;
const nodes = new Map<string, MlNodeSimulator>();

beforeAll(async () => {
  net = await startNetworkSimulator({
    blockTimeMs: 60_000,
    height: POC_START - 1000,
    nextPocStart: POC_START,
    params: { epochLength: 15_000 },
    reconcileMs: 50,
    models: models.map((modelId) => ({ modelId, active: modelId === QWEN })),
  });
});
afterAll(async () => {
  await net.close();
  await Promise.all([...nodes.values()].map((node) => node.close()));
});

/** A machine with the GPUs that a config is for, and twice as many of them as one replica takes. */
function machineOf({ gpu, args }: DeployConfig, golden: GoldenReference) {
  return {
    replicas: ['exact', 'exact'] as const,
    batchTimeMs: 1,
    golden,
    gpuName: gpu === 'default' ? 'NVIDIA B200' : `NVIDIA ${gpu}`,
    gpuCount: 2 * gpusPerReplica(args),
    newer: args.includes(OLD_PARSER) ? OLD_BUILD : NEW_BUILD,
    hasAllWeights: true,
    loadTimeMs: 50,
    healthIntervalMs: 20,
    joinIntervalMs: 10,
  };
}

async function startMachine(name: string, config: DeployConfig, up: boolean): Promise<MlNodeSimulator> {
  const golden = await goldenFor(config);
  const machine = machineOf(config, golden);
  const node = await startMlNodeSimulator({
    ...machine,
    up,
    model: QWEN,
    args: QWEN_ARGS,
    gpuCount: Math.max(2, machine.gpuCount),
  });
  nodes.set(name, node);
  return node;
}

/** The reference that a validation on the config's machine chooses. */
async function goldenFor({ model, gpu, args }: DeployConfig): Promise<GoldenReference> {
  const hardware = {
    gpu: gpu === 'default' ? 'B200' : gpu,
    tensorParallel: parallelSize(args, TENSOR_PARALLEL).size,
    pipelineParallel: 1,
  };
  return (await chooseGolden(model, hardware)).reference;
}

/** A user's own reference of the model: its first batch, under a name that no catalogue has. */
async function ownReference(name: string, config: DeployConfig): Promise<string> {
  const golden = head(await goldenFor(config), 32);
  return temp.write(`${name}.own.json`, JSON.parse(canonicalGolden(fileOf(golden))));
}

const assay = (...argv: string[]) => assayHere(argv);

const site = () => ['--admin-url', net.url, '--node', net.url, '--timeout', '60s', '--yes'];
const port = (index: number) => 20_000 + index;

describe('the public configs', () => {
  it('are all here, each with where it was published', () => {
    expect(configs).toHaveLength(27);
    for (const { config } of configs) expect(config.published?.repository).toMatch(/gonka/);
    const unnamed = configs.filter(({ config }) => variantOf(config) === 'default');
    const keys = unnamed.map(({ config }) => `${config.model} ${config.gpu}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('keep no date that nobody knows', () => {
    for (const { config } of configs) expect(config.published?.date).toBeNull();
  });
});

describe.concurrent('a public config becomes a served and validated model', () => {
  it.each(configs.map(({ name, config }, index) => ({ name, config, index })))(
    'by deploy, with the shipped reference: $name',
    ({ name, config, index }) =>
      limit(async () => {
        const node = await startMachine(`deploy ${name}`, config, false);
        const args = ['--model', config.model, '--gpu', config.gpu, '--variant', variantOf(config)];
        const address = ['--host', '127.0.0.1', '--poc-port', String(node.port)];
        const own = ['--inference-port', String(port(index))];
        const deploy = ['deploy', '--node-id', `d${index}`, ...args, ...address, ...own, ...site()];
        const { exitCode, stdout, stderr } = await assay(...deploy, '--validate');
        if ((config.nodes ?? 1) > 1) {
          expect([exitCode, stderr]).toEqual([1, expect.stringContaining('2 ML nodes on one machine')]);
          return;
        }
        expect([exitCode, stderr.split('\n').at(-1)]).toEqual([0, expect.anything()]);
        expect(stdout).toMatch(/^d\d+ now serves .* on 2 replicas\b[\s\S]*validated: PASS/);
        expect(stderr).toContain(`config: `);
        const started = config.model_override?.hf_repo ?? config.model;
        expect(node.running?.model).toBe(started);
        expect(node.running?.args.slice(0, config.args.length)).toEqual(config.args);
      }),
    120_000,
  );

  it.each(configs.map(({ name, config }, index) => ({ name, config, index })))(
    'by switch, with a file and a reference of the user: $name',
    ({ name, config, index }) =>
      limit(async () => {
        const node = await startMachine(`switch ${name}`, config, true);
        const id = `s${index}`;
        const address = { host: '127.0.0.1', inference_port: port(100 + index), poc_port: node.port };
        net.broker.register({ id, ...address, max_concurrent: 500, models: { [QWEN]: { args: QWEN_ARGS } } });
        const { model, args, model_override: override } = config;
        // As it is published: an array of node objects of another machine.
        const published = Array.from({ length: config.nodes ?? 1 }, (_, at) => ({
          ...{ id: `node${at + 1}`, host: 'inference', inference_port: 5000 + at, poc_port: 8080 + at },
          max_concurrent: 500,
          models: { [model]: { ...(override && { model_override: override }), args } },
        }));
        const file = await temp.write(`${name}.node.json`, published);
        const { exitCode, stdout, stderr } = await assay(
          ...['node', 'switch', id, '--node-config', file, '--reference', await ownReference(name, config)],
          ...['--run-dir', temp.path(`switch-${name}`), ...site()],
        );
        if (model === QWEN && JSON.stringify(args) === JSON.stringify(QWEN_ARGS)) {
          expect(stderr).toContain('has that config already');
          return;
        }
        expect([exitCode, stderr.split('\n').at(-1)]).toEqual([0, expect.anything()]);
        expect(stdout).toContain(`${id} is switched`);
        expect(net.broker.nodes.get(id)?.node).toMatchObject({ ...address, models: published[0]?.models });
        expect(node.running?.model).toBe(override?.hf_repo ?? model);
      }),
    120_000,
  );
});

/** The hosts of the chain before a bootstrap, all of which serve another model. */
function hostsOf(model: string) {
  const weights = [2400, 2000, 1600, 1200, 800, 600, 400, 0];
  return {
    hosts: weights.map((weight, at) => ({ weight, commits: at < 3, models: [model] })),
    choices: {
      host2: 'intent' as const,
      host3: 'intent' as const,
      host4: { delegateTo: 'host2' },
      host5: { delegateTo: 'host3' },
    },
  };
}

describe('a public config that the node cannot serve fails by name', () => {
  it.each([
    ['mlnode-version', 'zai-org-glm-5.3-flash_h100', { newer: OLD_BUILD }],
    ['reasoning-parser', 'minimaxai-minimax-m2.7_h200', { newer: NEW_BUILD }],
    ['gpus', 'moonshotai-kimi-k2.6_h200', { gpuCount: 4 }],
    ['weights', 'deepseek-ai-deepseek-v4-flash-0731_b300_nvfp4', { hasAllWeights: false }],
  ])('%s: %s', async (check, name, wrong) => {
    const config = configs.find((each) => each.name === name)?.config as DeployConfig;
    const node = await startMlNodeSimulator({
      ...machineOf(config, await goldenFor(config)),
      up: false,
      ...wrong,
    });
    nodes.set(`wrong ${check}`, node);
    const args = ['--model', config.model, '--gpu', config.gpu, '--variant', variantOf(config)];
    const address = ['--host', '127.0.0.1', '--poc-port', String(node.port), '--inference-port', '30000'];
    const { exitCode, stderr } = await assay('deploy', '--node-id', 'wrong', ...args, ...address, ...site());
    expect([exitCode, stderr.split('\n').at(-1)]).toEqual([
      1,
      expect.stringMatching(
        new RegExp(`nothing was changed, because a check failed: ${check} \\(.*--force ${check}`),
      ),
    ]);
  });
});

describe('a public config goes through a whole lifecycle', () => {
  const bootstraps: Bootstrap[] = [];
  afterAll(() => Promise.all(bootstraps.map((bootstrap) => bootstrap.close())));

  it.each(models)(
    'of %s, each of its configs on a machine of its own',
    async (model) => {
      const own = configs.filter(({ config }) => config.model === model);
      const present = model === QWEN ? KIMI : QWEN;
      const shipped = head(await findGolden(model), 32);
      const bootstrap = await startBootstrap({
        folder: temp.path(model),
        model,
        present,
        chain: { models: [{ modelId: present, active: true }, { modelId: model }], ...hostsOf(present) },
        mlNodes: own.map(({ config }) => {
          const machine = machineOf(config, shipped);
          return { ...machine, args: QWEN_ARGS, gpuCount: Math.max(2, machine.gpuCount) };
        }),
        hostNodes: own.map(({ config }) => ({ gpu: config.gpu, variant: variantOf(config) })),
        host: {
          at_a_time: 4,
          reference: await temp.write(
            `${basename(model)}.own.json`,
            JSON.parse(canonicalGolden(fileOf(shipped))),
          ),
        },
      });
      bootstraps.push(bootstrap);
      const { exitCode, stdout, stderr } = await assay('lifecycle', 'run', '--file', bootstrap.file, '--yes');
      expect([exitCode, stderr.split('\n').slice(-3).join('\n')]).toEqual([0, expect.anything()]);
      expect(stdout).toMatch(/^outcome +validated$/m);
      expect(bootstrap.served()).toEqual(own.map(({ config }) => config.model_override?.hf_repo ?? model));
    },
    120_000,
  );
});
