import { isDeepStrictEqual } from 'node:util';
import type { ModelConfig, NodeObject } from './node-object.js';

/**
 * Whether a change affects only how the model is served, so that the ML node restarts with the same model.
 */
export function modelStays(before: NodeObject | undefined, after: NodeObject): boolean {
  if (before === undefined) return false;
  const [model = ''] = Object.keys(after.models);
  const old = before.models[model];
  return old !== undefined && !isDeepStrictEqual(how(old), how(after.models[model]));
}

/** An absent field and a null one are equal. */
function how(config: ModelConfig | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config ?? {}).filter(([, value]) => value != null));
}
