import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { addressOf } from '../../src/simulator/chain/chain.js';
import { type MlNodeSimulator, startMlNodeSimulator } from '../../src/simulator/mlnode/index.js';
import { type NetworkSimulator, startNetworkSimulator } from '../../src/simulator/network/simulator.js';
import type { BenchItem } from './item.js';
import { assayPath, timeNode } from './process.js';
import { KIMI } from './simulated.js';

let network: NetworkSimulator;
let node: MlNodeSimulator;
let folder = '';

/** A command that reads the simulated chain, from process start to end, against Node's own start. */
function chainCommand(name: string, words: string, args: () => string[]): BenchItem {
  return {
    name,
    title: `\`${words}\` on the simulated chain, which answers at once`,
    yardstick: '`node -e 0`',
    rounds: 11,
    allowed: (seconds) => 5 * seconds,
    async prepare() {
      folder = await mkdtemp(join(tmpdir(), 'assay-bench-'));
      node = await startMlNodeSimulator({ replicas: ['exact', 'exact'], batchTimeMs: 1, model: KIMI });
      network = await startNetworkSimulator({ blockTimeMs: 60_000, reconcileMs: 1000 });
      const file = {
        ...{ address: addressOf('host1'), key: 'host1', node: network.url, admin_url: network.url },
        ...{ model: KIMI, choice: 'deploy', inferenced: process.execPath },
        ml_nodes: [{ id: 'node1', host: '127.0.0.1', gpu: 'B200', poc_port: node.port }],
      };
      await writeFile(join(folder, 'host.yaml'), stringify(file));
    },
    measure: async () => ({ seconds: await timeNode([assayPath, ...args()], true) }),
    measureYardstick: () => timeNode(['-e', '0']),
    async cleanUp() {
      await network.close();
      await node.close();
      await rm(folder, { recursive: true });
    },
  };
}

export const chainCommands: BenchItem[] = [
  chainCommand('lifecycle-plan', 'assay lifecycle plan', () => [
    ...['lifecycle', 'plan', '--file', join(folder, 'host.yaml')],
  ]),
  chainCommand('bootstrap-status', 'assay bootstrap status', () => [
    ...['bootstrap', 'status', '--model', KIMI, '--node', network.url, '--address', addressOf('host1')],
  ]),
];
