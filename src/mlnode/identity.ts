import { clip } from '../http/detail.js';
import { HttpFault } from '../http/fault.js';
import type { MlNodeClient } from './client.js';
import { countGpus } from './replicas.js';

/** What a node says of itself, for the provenance of what it computed. */
export interface NodeIdentity {
  loadedModel: string | null;
  version: string | null;
  /** For example `4×NVIDIA B200`; null on a node that does not tell. */
  hardware: string | null;
}

export async function identify(node: MlNodeClient): Promise<NodeIdentity> {
  const [state, gpus] = await Promise.all([stateOrNull(node), node.gpuDevices()]);
  const hardware = countGpus(gpus)
    .map(({ name, count }) => `${count}×${name}`)
    .join(', ');
  return {
    loadedModel: state?.loaded_model ?? null,
    version: state?.version == null ? null : clip(state.version),
    hardware: hardware === '' ? null : hardware,
  };
}

export async function stateOrNull(node: MlNodeClient) {
  try {
    return await node.state();
  } catch (error) {
    if (error instanceof HttpFault && error.outcome === 'absent') return null;
    throw error;
  }
}
