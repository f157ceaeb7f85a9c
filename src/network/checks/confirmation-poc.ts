import { type ChangeCheck, cannotTell } from './check.js';

/** A confirmation PoC measures weights in the middle of the Inference phase. */
export const confirmationPoc: ChangeCheck = {
  name: 'confirmation-poc',
  judge({ epochs }) {
    if ('unknown' in epochs) return cannotTell(epochs.unknown, 'give the network node with --node');
    if (!epochs.value.isConfirmationPocActive) return { state: 'ok', text: 'none is active' };
    return { state: 'fail', text: 'one is active', advice: 'wait until it is over' };
  },
};
