import { PIPELINE_PARALLEL, parallelSize, TENSOR_PARALLEL } from '../serve-args.js';
import { type ChangeCheck, type ChangeFinding, ofEachModel } from './check.js';

/**
 * Older ML nodes count replicas by the first `--tensor-parallel-size N` in two tokens, the newest in every form in
 * which vLLM takes it. No version is known from which on they do: what a node counts otherwise is named.
 */
export const argForms: ChangeCheck = {
  name: 'arg-forms',
  judge(facts) {
    return ofEachModel(facts, ({ args }) => {
      const doubtful = [TENSOR_PARALLEL, PIPELINE_PARALLEL].flatMap((flag) => doubtOf(args, flag));
      return doubtful.length > 0 ? doubtful : [{ state: 'ok', text: 'every node reads the parallel sizes' }];
    });
  },
};

function doubtOf(args: string[], flag: string): ChangeFinding[] {
  const { size, olderSize, fault } = parallelSize(args, flag);
  if (fault !== undefined || size === olderSize) return [];
  return [
    {
      state: 'warn',
      text: `${flag} is ${size} as the newest nodes read it, ${olderSize} as older ones do, and this node's build is not known to read the form given`,
      advice: `write it once and as two tokens: "${flag}", "${size}"`,
    },
  ];
}
