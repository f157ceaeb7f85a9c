import type { Epochs } from '../chain/epochs.js';
import { counted } from '../text/figures.js';

/** Why a node may not start; the values of the label `reason` of the skipped rounds. */
export type SkipReason = 'phase' | 'confirmation_poc' | 'poc_soon' | 'poc_challenge' | 'network_node_away';

/** Whether nodes may be validated now, and if not, why. */
export type Window =
  /** `blocksLeft` until the next PoC; null: not known. */
  { isOpen: true; blocksLeft: number | null } | { isOpen: false; reason: SkipReason; text: string };

/**
 * Judges the current moment: only in phase `Inference` is no node's weight measured. A run that starts
 * shortly before the next PoC may still be in progress when the PoC begins.
 *
 * @param marginBlocks blocks that must remain before the next PoC
 */
export function windowOf(
  { phase, isConfirmationPocActive, blockHeight, stages }: Epochs,
  marginBlocks: number,
): Window {
  const closed = (reason: SkipReason, text: string): Window => ({ isOpen: false, reason, text });
  if (phase !== 'Inference') return closed('phase', `the network is in phase ${phase}, not Inference`);
  if (isConfirmationPocActive) return closed('confirmation_poc', 'a confirmation PoC is active');
  const left = stages.nextPocStart - blockHeight;
  if (left < marginBlocks) {
    return closed('poc_soon', `the next PoC starts in ${counted(left, 'block')}, fewer than ${marginBlocks}`);
  }
  return { isOpen: true, blocksLeft: left };
}
