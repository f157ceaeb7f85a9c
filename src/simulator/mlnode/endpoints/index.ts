import { chatEndpoints } from './chat.js';
import type { Endpoint } from './endpoint.js';
import { hardwareEndpoints } from './hardware.js';
import { healthEndpoints } from './health.js';
import { inferenceEndpoints } from './inference.js';
import { modelEndpoints } from './models.js';
import { newerEndpoints } from './newer.js';
import { powEndpoints } from './pow.js';

/** Every call of the protocol. */
export const endpoints: Endpoint[] = [
  ...healthEndpoints,
  ...hardwareEndpoints,
  ...modelEndpoints,
  ...inferenceEndpoints,
  ...powEndpoints,
  ...newerEndpoints,
  ...chatEndpoints,
];
