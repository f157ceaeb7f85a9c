import validateModelRequest from '../../../schemas/generated/simulated-model-request.js';
import type { ModelRequest } from '../requests.js';
import type { Endpoint } from './endpoint.js';

export const modelEndpoints: Endpoint[] = [
  {
    method: 'POST',
    path: '/models/status',
    body: validateModelRequest,
    run: (node, { body }) => ({ body: node.weights.status(body as ModelRequest) }),
  },
  {
    method: 'POST',
    path: '/models/download',
    body: validateModelRequest,
    run: (node, { body }) => ({ status: 202, body: node.weights.download(body as ModelRequest) }),
  },
  {
    method: 'GET',
    path: '/models/space',
    run: (node) => ({ body: node.weights.space() }),
  },
];
