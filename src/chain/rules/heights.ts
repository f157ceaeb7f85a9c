import type { Epochs } from '../epochs.js';

/** The two heights that decide a bootstrap. */
export interface BootstrapHeights {
  /** The epoch that begins with this PoC. */
  epoch: number;
  /** A choice in this block still counts; null when the chain takes no snapshot. */
  snapshotHeight: number | null;
  pocStartHeight: number;
}

/** The snapshot before a PoC start, `deployWindow` blocks earlier; a window of 0 or less means none. */
export function snapshotHeight(pocStartHeight: number, deployWindow: number): number | null {
  return deployWindow > 0 ? pocStartHeight - deployWindow : null;
}

/** Heights of the next PoC. */
export function upcomingHeights({ epoch, stages }: Epochs, deployWindow: number): BootstrapHeights {
  return heightsAt(epoch.index + 1, stages.nextPocStart, deployWindow);
}

/**
 * Heights of any epoch, counted from the present one, because the chain's own `epoch_shift` is out of date.
 */
export function heightsOfEpoch(
  wanted: number,
  { epoch, epochLength }: Epochs,
  deployWindow: number,
): BootstrapHeights {
  return heightsAt(wanted, epoch.pocStartHeight + (wanted - epoch.index) * epochLength, deployWindow);
}

function heightsAt(epoch: number, pocStartHeight: number, deployWindow: number): BootstrapHeights {
  return { epoch, pocStartHeight, snapshotHeight: snapshotHeight(pocStartHeight, deployWindow) };
}

/** The height at which a choice for a model in use counts next: the start of the coming validation. */
export function nextValidationStart({ stages }: Epochs, height: number): number {
  return height < stages.pocValidationStart
    ? stages.pocValidationStart
    : stages.nextPocStart + (stages.pocValidationStart - stages.pocStart);
}
