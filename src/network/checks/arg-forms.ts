import { PIPELINE_PARALLEL, parallelSize, TENSOR_PARALLEL } from '../serve-args.js';
import { type ChangeCheck, type ChangeFinding, ofEachModel } from './check.js';

/**
 * Older ML nodes count replicas by the first `--tensor-parallel-size N` in two tokens. The newest ones read
 * every form that vLLM accepts. The version of that change is not known, so this check names arguments that
 * the two read differently.
 */
export const argForms: ChangeCheck = {
  name: 'arg-forms',
  judge(facts) {
    return ofEachModel(facts, ({ args }) => {
      const doubtful = [TENSOR_PARALLEL, PIPELINE_PARALLEL].flatMap((flag) => doubtOf(args, flag));
      return doubtful.length > 0
        ? doubtful
        : [{ state: 'ok', text: 'every node version reads the parallel sizes' }];
    });
  },
};

function doubtOf(args: string[], flag: string): ChangeFinding[] {
  const { size, olderSize, fault } = parallelSize(args, flag);
  if (fault !== undefined || size === olderSize) return [];
  return [
    {
      state: 'warn',
      text: `${flag} is ${size} for the newest nodes and ${olderSize} for older ones, and it is not known how this node's build reads it`,
      advice: `write it once and as two tokens: "${flag}", "${size}"`,
    },
  ];
}
