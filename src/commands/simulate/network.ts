import type { MlNodeSimulator } from '../../simulator/mlnode/index.js';
import { type NetworkSimulator, startNetworkSimulator } from '../../simulator/network/simulator.js';
import { cannotListen } from './cannot-listen.js';

/** Blocks at mainnet's pace: the next PoC is late enough for a model to load. */
const BLOCK_TIME_MS = 5_000;
export const POC_START = 3_874_496;
const BLOCKS_BEFORE_POC = 1_000;
const EPOCH_LENGTH = 15_391;
/** The model that nodes serve, and the one in bootstrap. */
export const ACTIVE_MODEL = 'Qwen/Qwen3-235B-A22B-Instruct-2507-FP8';
export const BOOTSTRAPPED_MODEL = 'moonshotai/Kimi-K2.6';

interface NetworkInFront {
  port: number;
  blockTimeMs?: number | undefined;
  nodeHost?: string | undefined;
  dropModelOverride?: boolean;
  /** Models that governance has approved in addition to its own two. */
  models?: string[];
}

/** Starts a network node that lists the ML node as `node1`. */
export async function startNetworkInFront(
  mlNode: MlNodeSimulator,
  {
    port,
    blockTimeMs = BLOCK_TIME_MS,
    nodeHost = mlNode.host,
    dropModelOverride = false,
    models = [],
  }: NetworkInFront,
): Promise<NetworkSimulator> {
  const { model, args } = mlNode.running ?? { model: mlNode.model, args: [] };
  try {
    const network = await startNetworkSimulator({
      port,
      blockTimeMs,
      nextPocStart: POC_START,
      height: POC_START - BLOCKS_BEFORE_POC,
      params: { epochLength: EPOCH_LENGTH },
      names: { [nodeHost]: mlNode.host },
      models: [
        { modelId: ACTIVE_MODEL, active: true },
        ...[...new Set([BOOTSTRAPPED_MODEL, ...models])]
          .filter((modelId) => modelId !== ACTIVE_MODEL)
          .map((modelId) => ({ modelId })),
      ],
      nodes: [
        {
          id: 'node1',
          host: nodeHost,
          inference_port: 5050,
          poc_port: mlNode.port,
          max_concurrent: 500,
          models: { [model]: { args: [...args] } },
        },
      ],
    });
    if (dropModelOverride) network.broker.faults.dropModelFields.push('model_override');
    return network;
  } catch (error) {
    throw cannotListen(`port ${port}`, '--network-port', error);
  }
}
