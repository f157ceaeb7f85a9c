import validateUpRequest from '../../../schemas/generated/simulated-up-request.js';
import type { UpRequest } from '../requests.js';
import type { Endpoint } from './endpoint.js';

export const inferenceEndpoints: Endpoint[] = [
  {
    method: 'POST',
    path: '/inference/up/async',
    body: validateUpRequest,
    run(node, { body }) {
      node.load(body as UpRequest, node.settings.loadTimeMs);
      return { body: { status: 'starting', message: 'Inference startup initiated in background' } };
    },
  },
  { method: 'GET', path: '/inference/up/status', run: (node) => ({ body: node.inference.status() }) },
  {
    method: 'POST',
    path: '/inference/down',
    run(node) {
      node.unload();
      return { body: { status: 'OK' } };
    },
  },
];
