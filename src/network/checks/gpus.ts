import { counted } from '../../text/figures.js';
import { findNode } from '../apply.js';
import type { NodeObject } from '../node-object.js';
import { gpusPerReplica, PIPELINE_PARALLEL, parallelSize, TENSOR_PARALLEL } from '../serve-args.js';
import { type ChangeCheck, type ChangeFinding, cannotTell, goesByListing, ofEachNode } from './check.js';

/** A node starts as many replicas as fit its GPUs. When one replica is too large, it starts none. */
export const gpus: ChangeCheck = {
  name: 'gpus',
  judge(facts) {
    return ofEachNode(facts, (wanted) => {
      const { node, gpuCount } = wanted;
      const judge = (count: number | null, who?: string) =>
        Object.values(node.models).map(({ args }) => judgeFit(args, count, who));
      if ('value' in gpuCount) return judge(gpuCount.value);
      if (!goesByListing(facts, gpuCount)) return [cannotTell(gpuCount.unknown, wanted.reachAdvice)];
      return judge(listedGpus(findNode(facts.listed, node.id)?.node), 'as the network node reports');
    });
  },
};

function judgeFit(args: string[], gpuCount: number | null, who?: string): ChangeFinding {
  for (const flag of [TENSOR_PARALLEL, PIPELINE_PARALLEL]) {
    const { fault } = parallelSize(args, flag);
    if (fault !== undefined)
      return { state: 'fail', text: fault, advice: `write it as two tokens: ${flag} N` };
  }
  const perReplica = gpusPerReplica(args);
  if (gpuCount === null) {
    return who === undefined
      ? { state: 'warn', text: "the node's version does not report its GPUs" }
      : {
          state: 'warn',
          text: 'not known: this machine does not reach the node, and the network node does not report GPUs',
        };
  }
  const replicas = Math.floor(gpuCount / perReplica);
  if (replicas === 0) {
    return {
      state: 'fail',
      text: `a replica takes ${counted(perReplica, 'GPU')}, the node has ${gpuCount}${who === undefined ? '' : `, ${who}`}`,
      advice: 'lower --tensor-parallel-size in the arguments, or use a node with more GPUs',
    };
  }
  const idle = gpuCount - replicas * perReplica;
  const text = `${replicas} × ${perReplica} of ${counted(gpuCount, 'GPU')}${who === undefined ? '' : `, ${who}`}`;
  return idle === 0 ? { state: 'ok', text } : { state: 'warn', text: `${text}, ${idle} stay idle` };
}

/** The GPUs that the network node lists for a node; null where it lists none. */
function listedGpus(node: NodeObject | undefined): number | null {
  const count = (node?.hardware ?? []).reduce((sum, { count = 0 }) => sum + count, 0);
  return count > 0 ? count : null;
}
