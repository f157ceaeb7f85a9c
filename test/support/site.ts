import { afterAll, beforeAll } from 'vitest';
import type { NodeObject } from '../../src/network/node-object.js';
import { type MlNodeSimulatorOptions, startMlNodeSimulator } from '../../src/simulator/mlnode/index.js';
import { startNetworkSimulator } from '../../src/simulator/network/simulator.js';
import { assay } from './assay.js';

export const KIMI = 'moonshotai/Kimi-K2.6';
export const QWEN = 'Qwen/Qwen3-235B-A22B-Instruct-2507-FP8';

const POC_START = 3_874_496;

/**
 * A host's network node with one ML node of 8 GPUs that serves Qwen, and the command pointed at it.
 *
 * @param host the ML node's `host`; any other than its address is known to the network node alone
 */
export async function startSite(mlNode: Partial<MlNodeSimulatorOptions> = {}, host = '127.0.0.1') {
  const ml = await startMlNodeSimulator({
    replicas: ['exact', 'exact'],
    batchTimeMs: 1,
    model: QWEN,
    args: qwenNode(0).models[QWEN]?.args ?? [],
    weights: { [KIMI]: 'DOWNLOADED' },
    gpuCount: 8,
    loadTimeMs: 100,
    healthIntervalMs: 20,
    joinIntervalMs: 10,
    ...mlNode,
  });
  // A block a minute: no test sees one pass, and the next PoC is a thousand minutes away.
  const net = await startNetworkSimulator({
    blockTimeMs: 60_000,
    height: POC_START - 1000,
    nextPocStart: POC_START,
    params: { epochLength: 15_000 },
    reconcileMs: 50,
    names: { [host]: '127.0.0.1' },
  });
  const env = { ADMIN_API_URL: net.url, ASSAY_NODE: net.url };
  return {
    ml,
    net,
    env,
    assay: (args: string[], options: { cwd?: string; input?: string } = {}) =>
      assay(args, { ...options, env }),
    qwen: { ...qwenNode(ml.port), host },
    kimi: { ...kimiNode(ml.port), host },
    async close() {
      await net.close();
      await ml.close();
    },
  };
}

export type Site = Awaited<ReturnType<typeof startSite>>;

/** A site for the tests of a file. */
export function useSite(mlNode: Partial<MlNodeSimulatorOptions> = {}): { current: Site } {
  const holder = {} as { current: Site };
  beforeAll(async () => {
    holder.current = await startSite(mlNode);
  });
  afterAll(() => holder.current.close());
  return holder;
}

function qwenNode(pocPort: number): NodeObject {
  return nodeOf(pocPort, QWEN, ['--tensor-parallel-size', '2', '--max-model-len', '240000']);
}

function kimiNode(pocPort: number): NodeObject {
  return nodeOf(pocPort, KIMI, ['--tensor-parallel-size', '4', '--trust-remote-code']);
}

function nodeOf(pocPort: number, model: string, args: string[]): NodeObject {
  return {
    id: 'node1',
    host: '127.0.0.1',
    inference_port: 5050,
    poc_port: pocPort,
    max_concurrent: 500,
    models: { [model]: { args } },
  };
}
