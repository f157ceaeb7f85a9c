import { argValue, PIPELINE_PARALLEL, TENSOR_PARALLEL } from '../serve-args.js';
import { type Check, cannotTell, type Finding, ofEachNode } from './check.js';

/** A node starts as many replicas as fit its GPUs: none, if one alone is too large. */
export const gpus: Check = {
  name: 'gpus',
  judge(facts) {
    return ofEachNode(facts, ({ node, gpuCount }) => {
      if ('unknown' in gpuCount) {
        return [cannotTell(gpuCount.unknown, 'run this where the ML node can be reached')];
      }
      return Object.values(node.models).map(({ args }) => judgeFit(args, gpuCount.value));
    });
  },
};

function judgeFit(args: string[], gpuCount: number | null): Finding {
  for (const flag of [TENSOR_PARALLEL, PIPELINE_PARALLEL]) {
    const fault = faultOf(args, flag);
    if (fault !== undefined) {
      return { state: 'fail', text: fault, advice: `write it as two tokens: ${flag} N` };
    }
  }
  const perReplica = sizeOf(args, TENSOR_PARALLEL) * sizeOf(args, PIPELINE_PARALLEL);
  if (gpuCount === null) return { state: 'warn', text: 'the node is too old to tell its GPUs' };
  const replicas = Math.floor(gpuCount / perReplica);
  if (replicas === 0) {
    return {
      state: 'fail',
      text: `a replica takes ${perReplica} GPUs, the node has ${gpuCount}`,
      advice: 'lower --tp-size, or use a node with more GPUs',
    };
  }
  const idle = gpuCount - replicas * perReplica;
  const text = `${replicas} × ${perReplica} of ${gpuCount} GPUs`;
  return idle === 0 ? { state: 'ok', text } : { state: 'warn', text: `${text}, ${idle} stay idle` };
}

/** What is wrong with a parallel size: the node reads it only where the flag and the number are two tokens. */
function faultOf(args: string[], flag: string): string | undefined {
  const value = argValue(args, flag);
  if (value === undefined) return undefined;
  if (value === true || !/^[1-9]\d*$/.test(value)) return `${flag} ${value === true ? '' : value} is no size`;
  const place = args.indexOf(flag);
  return place >= 0 && args[place + 1] === value
    ? undefined
    : `the node does not read ${flag} in the form given`;
}

function sizeOf(args: string[], flag: string): number {
  return Number(argValue(args, flag) ?? 1);
}
