import { AssayError } from '../../errors.js';
import type { Epochs } from '../epochs.js';
import { toNumber } from '../integer.js';
import type { ReadOptions } from '../read.js';
import { readEpochGroup } from './read.js';

/** A PoC stage, named by the height under which its answers are kept. */
export interface StagePlace {
  height: number;
  /** The epoch that the stage forms or confirms. */
  epoch: number;
  /** A confirmation PoC, within an epoch; its height is that of the trigger. */
  confirmation: boolean;
  /** The height at which the epoch's group is formed and the stage's snapshot is deleted. */
  formedAtHeight: number;
}

/** Which stage: by its epoch, by its height, or the newest. */
export interface StageRequest {
  epoch?: number | undefined;
  height?: number | undefined;
}

/**
 * Finds the height and the epoch of a stage. The starts of past epochs are read from the chain, because
 * governance can change an epoch's length. Where the chain no longer keeps a start, it is counted back.
 *
 * @throws AssayError when the stage is in the future
 */
export async function locateStage(
  nodeUrl: string,
  { epoch: askedEpoch, height: askedHeight }: StageRequest,
  epochs: Epochs,
  options?: ReadOptions,
): Promise<StagePlace> {
  const { epoch, epochLength, blockHeight } = epochs;
  if (askedHeight === undefined) {
    const index = askedEpoch ?? epoch.index;
    if (index > epoch.index)
      throw new AssayError(
        `epoch ${index} has not started: the chain is in epoch ${epoch.index}, height ${blockHeight}`,
        { advice: `\`assay bootstrap timeline --epoch ${index}\` shows when it starts` },
      );
    return regular(await startOf(nodeUrl, index, epochs, options), index, epochs);
  }
  if (askedHeight > blockHeight)
    throw new AssayError(`height ${askedHeight} is not reached yet: the chain is at ${blockHeight}`, {
      advice: 'give the start height of a PoC, or no --height for the newest',
    });
  if (askedHeight === epoch.pocStartHeight) return regular(askedHeight, epoch.index, epochs);
  if (askedHeight > epoch.pocStartHeight) return within(askedHeight, epoch.index);
  const back = Math.ceil((epoch.pocStartHeight - askedHeight) / Math.max(1, epochLength));
  const index = Math.max(0, epoch.index - back);
  const start = await startOf(nodeUrl, index, epochs, options);
  return start === askedHeight ? regular(start, index, epochs) : within(askedHeight, index);
}

async function startOf(
  nodeUrl: string,
  index: number,
  { epoch, epochLength }: Epochs,
  options?: ReadOptions,
): Promise<number> {
  if (index === epoch.index) return epoch.pocStartHeight;
  const group = await readEpochGroup(nodeUrl, index, undefined, options);
  const told = toNumber(group?.epoch_group_data.poc_start_block_height);
  return told || Math.max(0, epoch.pocStartHeight - (epoch.index - index) * epochLength);
}

function regular(height: number, epoch: number, { stages }: Epochs): StagePlace {
  const formedAtHeight = height + (stages.setNewValidators - stages.pocStart);
  return { height, epoch, confirmation: false, formedAtHeight };
}

function within(height: number, epoch: number): StagePlace {
  return { height, epoch, confirmation: true, formedAtHeight: height };
}
