import { type ChangeCheck, cannotTell } from './check.js';

/** Outside Inference the weight of nodes is measured. */
export const phase: ChangeCheck = {
  name: 'phase',
  judge({ epochs }) {
    if ('unknown' in epochs) return cannotTell(epochs.unknown, 'give the network node with --node');
    const { phase, blockHeight, epoch } = epochs.value;
    const where = `${phase} at height ${blockHeight} of epoch ${epoch.index}`;
    if (phase === 'Inference') return { state: 'ok', text: where };
    return { state: 'fail', text: where, advice: 'wait until the phase is Inference again' };
  },
};
