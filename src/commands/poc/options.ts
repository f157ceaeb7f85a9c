import { createPace } from '../../chain/pace.js';
import type { ReadOptions } from '../../chain/read.js';
import { UsageError } from '../../errors.js';
import { readHardware } from '../../poc/hardware-file.js';
import { chainOptions } from '../chain-options.js';
import { EPOCH_RANGE, HEIGHT_RANGE, numberFlag, textFlag } from '../flags.js';

/** Which stage to read. */
export const stageOptions = {
  epoch: numberFlag('epoch', 'epoch of the PoC (default: the newest)', EPOCH_RANGE),
  height: numberFlag(
    'height',
    'start height of the PoC, or trigger height of a confirmation PoC, in place of --epoch',
    HEIGHT_RANGE,
  ),
  'at-height': numberFlag(
    'at-height',
    "read the chain's state at this block, from a node that keeps old state",
    HEIGHT_RANGE,
  ),
  model: textFlag('only this model'),
  ...chainOptions,
} as const;

export const hardwareOption = textFlag('JSON or YAML file with the GPU class of hosts: address: class');

/** The values of the stage flags, checked. */
export function stageRequest(args: {
  epoch?: number | undefined;
  height?: number | undefined;
  'at-height'?: number | undefined;
}) {
  const { epoch, height, 'at-height': atHeight } = args;
  if (epoch !== undefined && height !== undefined)
    throw new UsageError('--epoch and --height both choose the stage', {
      advice: 'give one of them',
    });
  return { epoch, height, atHeight };
}

/** Reads at a pace that the node accepts, as for `bootstrap intents`. */
export function pacedReads(signal: AbortSignal): ReadOptions {
  return { signal, pace: createPace({ concurrency: 4, signal }) };
}

/** The hardware file, if one is given. */
export async function hardwareOf(path: string | undefined) {
  return path === undefined ? null : await readHardware(path);
}
