import type { ListedNode } from './admin-client.js';

/** The models that a node serves in the running epoch; empty for a node that is not part of it. */
export function epochModels(listed: ListedNode | undefined): string[] {
  return Object.keys(listed?.state.epoch_ml_nodes ?? {});
}
