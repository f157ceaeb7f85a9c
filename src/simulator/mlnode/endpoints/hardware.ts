import { ApiError } from '../api-error.js';
import { gpuDevices } from '../gpu.js';
import type { Endpoint } from './endpoint.js';

export const hardwareEndpoints: Endpoint[] = [
  {
    method: 'GET',
    path: '/gpu/devices',
    run(node) {
      const devices = gpuDevices(node.settings, node.memoryGrowth);
      return { body: { devices, count: devices.length } };
    },
  },
  {
    method: 'GET',
    path: '/gpu/driver',
    run(node) {
      if (node.settings.gpuCount === 0) throw new ApiError(503, 'NVML is not available');
      return {
        body: {
          driver_version: '580.65.06',
          cuda_driver_version: '13.0',
          nvml_version: '13.580.65.06',
        },
      };
    },
  },
];
