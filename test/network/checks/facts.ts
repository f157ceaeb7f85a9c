import type { ListedNode, ListedState } from '../../../src/network/admin-client.js';
import type { ChangeFacts } from '../../../src/network/checks/check.js';
import type { NodeObject } from '../../../src/network/node-object.js';

export const KIMI = 'moonshotai/Kimi-K2.6';
export const QWEN = 'Qwen/Qwen3-235B-A22B-Instruct-2507-FP8';

export function nodeObject(changes: Partial<NodeObject> = {}): NodeObject {
  return {
    id: 'node1',
    host: '10.0.0.21',
    inference_port: 5050,
    poc_port: 8080,
    max_concurrent: 500,
    models: { [KIMI]: { args: ['--tensor-parallel-size', '4', '--max-model-len', '240000'] } },
    ...changes,
  };
}

export function listedNode(node: NodeObject, state: ListedState = {}): ListedNode {
  return { node, state };
}

/** Facts with which every check of the change is content. */
export function goodFacts(changes: Partial<ChangeFacts> = {}): ChangeFacts {
  return {
    change: 'add',
    adminUrl: 'http://localhost:9200',
    listed: [],
    epochs: {
      value: {
        blockHeight: 1000,
        epoch: { index: 250, pocStartHeight: 900 },
        phase: 'Inference',
        stages: {
          pocStart: 900,
          pocGenerationEnd: 910,
          pocValidationStart: 911,
          pocValidationEnd: 920,
          setNewValidators: 921,
          nextPocStart: 1360,
        },
        epochLength: 460,
        isConfirmationPocActive: false,
      },
    },
    blockTimeS: { value: 5 },
    loadTimeS: 1800,
    approved: { value: [{ id: KIMI, hfRepo: '', hfCommit: '', modelArgs: ['--max-model-len', '240000'] }] },
    models: { [KIMI]: { file: null, seqLen: 1024, published: [{ gpu: 'B200', gpusPerReplica: 4 }] } },
    byListing: false,
    nodes: [
      {
        node: nodeObject(),
        reachAdvice: 'give the address for this machine',
        gpuCount: { value: 8 },
        gpuClasses: ['B200'],
        lostGpus: [],
        pocBatch: null,
        xid: null,
        versions: { mlnode: '3.1.0', vllm: '0.28.1', driver: '580.65.06', cuda: '13.0' },
        weights: {
          value: {
            [KIMI]: { status: 'DOWNLOADED', weights: { repository: KIMI, commit: null, from: 'head' } },
          },
        },
      },
    ],
    ...changes,
  };
}

/** The same facts for a node object that differs. */
export function factsFor(node: NodeObject, changes: Partial<ChangeFacts> = {}): ChangeFacts {
  const facts = goodFacts(changes);
  return { ...facts, nodes: facts.nodes.map((wanted) => ({ ...wanted, node })) };
}
