import { MlNodeClient } from '../mlnode/client.js';
import { known } from './known.js';
import type { NodeObject } from './node-object.js';
import { addressOf, type Reach } from './reach.js';

/**
 * The ML node's name for the model that it serves; null where it serves none, or this machine cannot ask it.
 */
export async function calledModel(
  node: NodeObject,
  { signal, reach }: { signal?: AbortSignal | undefined; reach?: Reach | undefined },
): Promise<string | null> {
  const state = await known(() => new MlNodeClient(addressOf(node, reach), signal).state());
  return ('value' in state ? state.value.loaded_model : null) ?? null;
}
