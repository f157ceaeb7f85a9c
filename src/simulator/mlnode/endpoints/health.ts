import { gpuDevices } from '../gpu.js';
import type { MlNode } from '../node.js';
import type { Answer, Endpoint } from './endpoint.js';

export const healthEndpoints: Endpoint[] = [
  { method: 'GET', path: '/health', root: true, run: health },
  { method: 'GET', path: '/livez', root: true, run: health },
  { method: 'GET', path: '/readyz', root: true, run: readiness },
  { method: 'GET', path: '/state', run: state },
];

function health(node: MlNode): Answer {
  const devices = gpuDevices(node.settings, node.memoryGrowth);
  const running = node.inference.running !== undefined;
  const healthy = node.backends().length > 0;
  const { heldBy } = node.inference;
  const fine = devices.length > 0 && (!running || healthy);
  return {
    status: fine ? 200 : 503,
    body: {
      status: fine ? 'healthy' : 'unhealthy',
      service_state: serviceState(node),
      gpu: { available: devices.length > 0, count: devices.length, devices },
      managers: {
        pow: { running: heldBy === 'POW', healthy: heldBy === 'POW' },
        inference: { running, healthy },
        train: { running: heldBy === 'TRAIN', healthy: heldBy === 'TRAIN' },
      },
    },
  };
}

function readiness(node: MlNode): Answer {
  const ready = node.inference.running === undefined || node.backends().length > 0;
  return { status: ready ? 200 : 503, body: { ready } };
}

function state(node: MlNode): Answer {
  const { version, legacy } = node.settings;
  const body = { state: serviceState(node), version };
  if (legacy) return { body };
  const { running } = node.inference;
  if (running === undefined) {
    return { body: { ...body, poc_status: null, inference_healthy: null, loaded_model: null } };
  }
  const backends = node.backends();
  if (backends.length === 0) {
    return { body: { ...body, poc_status: 'NO_BACKENDS', inference_healthy: false, loaded_model: null } };
  }
  return {
    body: { ...body, poc_status: laggingStatus(node), inference_healthy: true, loaded_model: running.model },
  };
}

function serviceState({ inference }: MlNode): string {
  if (inference.heldBy !== undefined) return inference.heldBy;
  return inference.running === undefined ? 'STOPPED' : 'INFERENCE';
}

/** The replicas' state at the latest health pass, when the node asked them. */
function laggingStatus(node: MlNode): string {
  const passAt = node.latestPassAt();
  const generating = node.backends().map((replica) => replica.generatedAt(passAt));
  if (generating.every(Boolean)) return 'GENERATING';
  return generating.some(Boolean) ? 'MIXED' : 'IDLE';
}
