import { clip } from '../http/detail.js';
import { HttpFault } from '../http/fault.js';
import type { MlNodeClient } from './client.js';
import { countGpus } from './replicas.js';

/** What a node reports about itself, for the provenance of its vectors. */
export interface NodeIdentity {
  loadedModel: string | null;
  version: string | null;
  /** For example `4×NVIDIA B200`; null on a node that does not report it. */
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

/**
 * A text for a node that calls its model by none of the expected names (the first one is the model's own
 * name); null where the name is expected. This is only a hint (the name may be a path, or a served name): the
 * replica itself refuses PoC for another model.
 */
export function misnamedText(
  { loadedModel }: Pick<NodeIdentity, 'loadedModel'>,
  [model, ...others]: readonly (string | undefined)[],
): string | null {
  if (loadedModel === null || loadedModel === model || others.includes(loadedModel)) return null;
  return `the node calls its model ${clip(loadedModel)}, not ${model}: PoC decides; if this name is right, give --served-as ${clip(loadedModel)}`;
}
