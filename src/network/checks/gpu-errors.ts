import { type ChangeCheck, type ChangeFinding, ofEachNode } from './check.js';

/** A GPU that is lost, or for which the driver reports errors. */
export const gpuErrors: ChangeCheck = {
  name: 'gpu-errors',
  judge(facts) {
    return ofEachNode(facts, ({ lostGpus, xid }): ChangeFinding[] => {
      const found = [...(lostGpus.length > 0 ? [`not counted: ${lostGpus.join(', ')}`] : []), ...(xid ?? [])];
      if (found.length > 0)
        return found.map((text) => ({
          state: 'warn',
          text,
          advice: 'look at `nvidia-smi` and the kernel’s log',
        }));
      return [{ state: 'ok', text: xid === null ? 'none; the node counts no driver errors' : 'none' }];
    });
  },
};
