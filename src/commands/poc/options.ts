import { createPace } from '../../chain/pace.js';
import type { ReadOptions } from '../../chain/read.js';
import { UsageError } from '../../errors.js';
import { readHardware } from '../../poc/hardware-file.js';
import { chainOptions, requireWholeNumber } from '../chain-options.js';

/** Which stage to read. */
export const stageOptions = {
  epoch: {
    type: 'number',
    requiresArg: true,
    description: 'epoch of the PoC (default: the newest)',
  },
  height: {
    type: 'number',
    requiresArg: true,
    description: 'start height of the PoC, or trigger height of a confirmation PoC, in place of --epoch',
  },
  'at-height': {
    type: 'number',
    requiresArg: true,
    description: "read the chain's state at this block, from a node that keeps old state",
  },
  model: { type: 'string', requiresArg: true, description: 'only this model' },
  ...chainOptions,
} as const;

export const hardwareOption = {
  type: 'string',
  requiresArg: true,
  description: 'JSON or YAML file with the GPU class of hosts: address: class',
} as const;

/** The values of the stage flags, checked. */
export function stageRequest(args: {
  epoch?: number | undefined;
  height?: number | undefined;
  'at-height'?: number | undefined;
}) {
  const epoch = requireWholeNumber('--epoch', args.epoch);
  const height = requireWholeNumber('--height', args.height);
  const atHeight = requireWholeNumber('--at-height', args['at-height']);
  if (epoch !== undefined && height !== undefined)
    throw new UsageError('--epoch and --height both choose the stage', {
      advice: 'give one of them',
    });
  if (height === 0 || atHeight === 0) throw new UsageError('a height must be 1 or more');
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
