import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { loadGoldenByName } from '../../src/golden/catalog.js';
import { addressOf, choicesOf } from '../../src/simulator/chain/chain.js';
import type { ChainSimulatorOptions } from '../../src/simulator/chain/server.js';
import { installInferenced, SIMULATED_PASSPHRASE } from '../../src/simulator/inferenced/install.js';
import { type MlNodeSimulatorOptions, startMlNodeSimulator } from '../../src/simulator/mlnode/index.js';
import { startNetworkSimulator } from '../../src/simulator/network/simulator.js';
import { assay } from './assay.js';
import { KIMI, QWEN } from './site.js';

const golden = await loadGoldenByName(KIMI);
export const POC_START = 3_874_496;
const SNAPSHOT = POC_START - 1200;
const QWEN_ARGS = ['--tensor-parallel-size', '4', '--max-model-len', '240000'];

export interface BootstrapOptions {
  /** The folder of the host file. */
  folder: string;
  chain?: ChainSimulatorOptions;
  /** One ML node each, on top of what all have. */
  mlNodes?: Partial<MlNodeSimulatorOptions>[];
  host?: Record<string, unknown>;
  /** The model that is bootstrapped (Kimi). */
  model?: string;
  /** What the nodes serve before (Qwen). */
  present?: string;
  /** What each ML node's entry of the host file says beside its address. */
  hostNodes?: Record<string, unknown>[];
}

/**
 * A host before a bootstrap: a chain with a clock, a network node, two ML nodes of two replicas that serve
 * another model, a stand-in `inferenced`, and a host file.
 */
export async function startBootstrap({
  folder,
  chain = {},
  mlNodes = [{}, {}],
  host = {},
  model = KIMI,
  present = QWEN,
  hostNodes = [],
}: BootstrapOptions) {
  const nodes = await Promise.all(
    mlNodes.map((options) =>
      startMlNodeSimulator({
        replicas: ['exact', 'exact'],
        batchTimeMs: 1,
        golden,
        model: present,
        args: QWEN_ARGS,
        gpuCount: 8,
        loadTimeMs: 100,
        healthIntervalMs: 20,
        joinIntervalMs: 10,
        downloadTimeMs: 50,
        ...options,
      }),
    ),
  );
  const idOf = (index: number) => `node${index + 1}`;
  const net = await startNetworkSimulator({
    blockTimeMs: 100,
    height: SNAPSHOT - 200,
    nextPocStart: POC_START,
    params: { epochLength: 3000, deployWindow: POC_START - SNAPSHOT },
    reconcileMs: 20,
    nodes: nodes.map(({ port }, index) => ({
      id: idOf(index),
      host: '127.0.0.1',
      inference_port: 5050 + index,
      poc_port: port,
      max_concurrent: 500,
      models: { [present]: { args: QWEN_ARGS } },
    })),
    ...chain,
  });
  const stored = () => choicesOf(net.chain, model).get(addressOf('host1'))?.kind ?? 'none';
  // With the weights there nothing happens between the choice and the snapshot: the clock may go there at once.
  const hurry = setInterval(() => {
    if (stored() !== 'none' && net.chain.height < SNAPSHOT && nodes.every((node) => node.hasWeights(model)))
      net.chain.height = Math.max(net.chain.height, SNAPSHOT - 2);
  }, 10);
  await mkdir(folder, { recursive: true });
  const keys = Object.fromEntries(net.chain.hosts.map(({ name, address }) => [name, address]));
  await installInferenced(join(folder, 'bin'), { keys, passphrase: SIMULATED_PASSPHRASE });
  await writeFile(join(folder, 'passphrase'), `${SIMULATED_PASSPHRASE}\n`, { mode: 0o600 });
  const file = join(folder, 'host.yaml');
  await writeFile(
    file,
    stringify({
      address: addressOf('host1'),
      key: 'host1',
      node: net.url,
      admin_url: net.url,
      model,
      choice: 'deploy',
      load_time: '2s',
      inferenced: './bin/inferenced',
      passphrase_file: 'passphrase',
      ml_nodes: nodes.map(({ port }, index) => ({
        id: idOf(index),
        host: '127.0.0.1',
        gpu: 'B200',
        inference_port: 5050 + index,
        poc_port: port,
        present_model: present,
        ...hostNodes[index],
      })),
      ...host,
    }),
  );
  return {
    net,
    nodes,
    file,
    folder,
    runFolder: join(folder, 'host.run'),
    assay: (command: string, ...flags: string[]) =>
      assay(['lifecycle', command, '--file', file, ...flags], { cwd: folder }),
    /** The same with both streams in one, as a terminal shows them. */
    record: (command: string) =>
      assay(['lifecycle', command, '--file', 'host.yaml'], { cwd: folder, all: true }),
    /** What the chain has of the host. */
    stored,
    sent: () => net.chain.txs.size,
    /** The model of each ML node. */
    served: () => nodes.map(({ running }) => running?.model),
    changes: () => net.broker.changes,
    async close() {
      clearInterval(hurry);
      await net.close();
      await Promise.all(nodes.map((node) => node.close()));
    },
  };
}

export type Bootstrap = Awaited<ReturnType<typeof startBootstrap>>;
