import { clip } from '../http/detail.js';
import { gpuClassOf } from '../text/hardware.js';
import type { GpuDevices } from './answers.js';

/** The GPUs that a node can use, and those that it names and cannot. */
export interface UsableGpus {
  count: number;
  /** Their classes, for example `B200`; more than one in a mixed machine. */
  classes: string[];
  /** A phrase for each that is not available. */
  lost: string[];
}

/** A device that the node calls unavailable, or that has an error, is no GPU to count. */
export function usableGpus({ devices }: GpuDevices): UsableGpus {
  const isLost = ({ is_available, error_message }: GpuDevices['devices'][number]) =>
    is_available === false || Boolean(error_message);
  const usable = devices.filter((device) => !isLost(device));
  return {
    count: usable.length,
    classes: [...new Set(usable.flatMap(({ name }) => (name ? [gpuClassOf(clip(name))] : [])))],
    lost: devices.flatMap((device, place) =>
      isLost(device)
        ? [`GPU ${device.index ?? place}: ${clip(device.error_message || 'not available')}`]
        : [],
    ),
  };
}

/** Blackwell GPUs, on which a cold start takes 17 to 27 minutes. */
export function isBlackwell(gpuClass: string): boolean {
  return /^(?:G?B\d{2,3}|RTX PRO)/i.test(gpuClassOf(gpuClass));
}
