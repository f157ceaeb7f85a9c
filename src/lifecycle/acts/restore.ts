import { patiently } from '../../chain/patience.js';
import { readSwitch } from '../../network/switch/switch-folder.js';
import { switchFolder } from '../lifecycle-folder.js';
import { patienceOf } from '../lifecycle-run.js';
import { restoreNode } from '../restore-node.js';
import type { Act } from './act.js';
import { requireCalm } from './require-calm.js';

/**
 * An earlier epoch left nodes on the new model, and this epoch does not need it: they go back and earn with
 * the old one.
 */
export const restore: Act<'restore'> = {
  name: 'restore',
  title: 'going back to the old model',
  applies: ({ choice }, { switchedBefore, results }) =>
    choice === 'deploy' && results.snapshot?.preEligible === false && switchedBefore.length > 0,

  async act(run, { epoch, switchedBefore }) {
    const why = `${run.host.model} is not pre-eligible in epoch ${epoch}`;
    const calm = (nodes: string) => requireCalm(run, `${nodes} goes back to the old model`);
    await calm(switchedBefore.join(', '));
    const restored = switchedBefore.map(async (id) => {
      // A node that had the new config before the run has no old config.
      const wasSwitched = (await readSwitch(switchFolder(run.folder, id), id)).length > 0;
      return wasSwitched
        ? [await patiently(() => restoreNode(run, id, why, () => calm(id)), patienceOf(run))]
        : [];
    });
    return { nodes: (await Promise.all(restored)).flat() };
  },
};
