import type { Choice } from '../choice.js';
import type { Epochs } from '../epochs.js';

/**
 * The block at whose end the chain deletes a stored choice: intents and refusals end with an epoch's PoC
 * validation; null for a choice that stays.
 */
export function forgottenAtHeight({ kind }: Choice, { blockHeight, stages }: Epochs): number | null {
  if (kind === 'none' || kind === 'delegation') return null;
  if (blockHeight < stages.pocValidationEnd) return stages.pocValidationEnd;
  return stages.nextPocStart + (stages.pocValidationEnd - stages.pocStart);
}

/** Whether a choice is deleted before a snapshot. It must be sent again after that. */
export function mustBeSentAgain(choice: Choice, snapshotHeight: number | null, epochs: Epochs): boolean {
  const forgotten = forgottenAtHeight(choice, epochs);
  return forgotten !== null && snapshotHeight !== null && forgotten < snapshotHeight;
}
