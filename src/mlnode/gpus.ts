import { clip } from '../http/detail.js';
import { gpuClassOf } from '../text/hardware.js';
import type { GpuDevices } from './answers.js';

/** The GPUs that a node can use, and those that it lists and cannot use. */
export interface UsableGpus {
  count: number;
  /** Their classes, for example `B200`; more than one in a mixed machine. */
  classes: string[];
  /** A phrase for each GPU that is not available. */
  lost: string[];
}

/** A device that the node calls unavailable, or that has an error, is not counted as a GPU. */
export function usableGpus(gpus: GpuDevices): UsableGpus {
  const usable = availableDevices(gpus);
  return {
    count: usable.length,
    classes: [...new Set(usable.flatMap(({ name }) => (name ? [gpuClassOf(clip(name))] : [])))],
    lost: lostGpus(gpus).map(({ index, message }) => `GPU ${index}: ${message}`),
  };
}

/** Devices that can be used. */
export function availableDevices({ devices }: GpuDevices): Device[] {
  return devices.filter((device) => !isLost(device));
}

/** Devices that the node calls lost or broken, with the node's text for each. */
export function lostGpus({ devices }: GpuDevices): { index: number; name: string; message: string }[] {
  return devices.flatMap((device, place) =>
    isLost(device)
      ? [
          {
            index: device.index ?? place,
            name: clip(device.name ?? 'unknown'),
            message: clip(device.error_message || 'not available'),
          },
        ]
      : [],
  );
}

type Device = GpuDevices['devices'][number];

function isLost({ is_available, error_message }: Device): boolean {
  return is_available === false || Boolean(error_message);
}

/** Blackwell GPUs, on which a cold start takes 17 to 27 minutes. */
export function isBlackwell(gpuClass: string): boolean {
  return /^(?:G?B\d{2,3}|RTX PRO)/i.test(gpuClassOf(gpuClass));
}
