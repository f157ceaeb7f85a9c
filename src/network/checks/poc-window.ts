import { counted } from '../../text/figures.js';
import { type ChangeCheck, cannotTell } from './check.js';

/** A model that is still loading when PoC starts commits nothing. */
export const pocWindow: ChangeCheck = {
  name: 'poc-window',
  judge({ epochs, blockTimeS, loadTimeS }) {
    if ('unknown' in epochs) return cannotTell(epochs.unknown, 'give the network node with --node');
    if ('unknown' in blockTimeS) return cannotTell(blockTimeS.unknown);
    const { blockHeight, stages } = epochs.value;
    const blocks = stages.nextPocStart - blockHeight;
    const leftS = blocks * blockTimeS.value;
    const text = `PoC starts in ${minutes(leftS)} (${counted(blocks, 'block')} of ${blockTimeS.value.toFixed(1)} s), a load takes ${minutes(loadTimeS)}`;
    if (leftS >= loadTimeS) return { state: 'ok', text };
    return {
      state: 'fail',
      text,
      advice: 'wait until the PoC is over, or give the real time to load with --load-time',
    };
  },
};

function minutes(seconds: number): string {
  return `${(seconds / 60).toFixed(seconds < 600 ? 1 : 0)} min`;
}
