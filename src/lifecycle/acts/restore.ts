import { restoreNode } from '../restore-node.js';
import type { Act } from './act.js';
import { requireCalm } from './require-calm.js';

/** An earlier epoch left nodes on the new model, and this one has no use for it: they go back, to earn with the old. */
export const restore: Act<'restore'> = {
  name: 'restore',
  title: 'going back to the old model',
  applies: ({ choice }, { switchedBefore, results }) =>
    choice === 'deploy' && results.snapshot?.preEligible === false && switchedBefore.length > 0,

  async act(run, { epoch, switchedBefore }) {
    const why = `${run.host.model} is not pre-eligible in epoch ${epoch}`;
    await requireCalm(run, `${switchedBefore.join(', ')} must go back to the old model`);
    return { nodes: await Promise.all(switchedBefore.map((id) => restoreNode(run, id, why))) };
  },
};
