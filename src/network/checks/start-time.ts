import { isBlackwell } from '../../mlnode/gpus.js';
import { type ChangeCheck, type ChangeFinding, ofEachNode } from './check.js';

/** A cold start on Blackwell can take longer than the ML node's time limit for it. */
export const startTime: ChangeCheck = {
  name: 'start-time',
  judge(facts) {
    return ofEachNode(facts, ({ gpuClasses }): ChangeFinding[] => {
      const slow = gpuClasses.find(isBlackwell);
      if (slow === undefined) return [{ state: 'ok', text: 'no GPU with a known slow start' }];
      return [
        {
          state: 'warn',
          text: `a cold start on ${slow} takes 17 to 27 minutes, and the ML node stops waiting after its VLLM_RUNNER_TIMEOUT (default 1,200 s)`,
          advice: 'set VLLM_RUNNER_TIMEOUT=3600 in the ML node’s environment',
        },
      ];
    });
  },
};
