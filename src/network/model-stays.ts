import { isDeepStrictEqual } from 'node:util';
import type { NodeObject } from './node-object.js';

/** Whether a change touches the arguments of the model alone, so that the ML node must restart the same one. */
export function modelStays(before: NodeObject | undefined, after: NodeObject): boolean {
  if (before === undefined) return false;
  const [model = ''] = Object.keys(after.models);
  const old = before.models[model];
  return old !== undefined && !isDeepStrictEqual(old.args, after.models[model]?.args);
}
