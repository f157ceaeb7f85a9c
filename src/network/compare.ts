import { isDeepStrictEqual } from 'node:util';
import type { NodeObject } from './node-object.js';
import { argValue, flagsOf } from './serve-args.js';

/** Fields whose values are secrets: a difference in them is told without the values. */
const SECRET = new Set(['auth_token']);
/** Fields that Go leaves empty where nothing is given. */
const EMPTY: Record<string, unknown> = { inference_segment: '', poc_segment: '' };

/**
 * What of a node object is not as wanted, field by field, in words. Empty when all of it is.
 *
 * A field that was not asked for is the network node's own business, and so is one that it does not list.
 */
export function differences(wanted: NodeObject, actual: NodeObject): string[] {
  const listed = actual as unknown as Record<string, unknown>;
  return Object.entries(wanted).flatMap(([field, value]) => {
    if (field === 'models') return modelDifferences(wanted.models, actual.models);
    const found = listed[field] ?? EMPTY[field];
    if (value === null || found === undefined || isDeepStrictEqual(value, found)) return [];
    if (SECRET.has(field)) return [`${field} is another one`];
    return [`${field} is ${JSON.stringify(found)} instead of ${JSON.stringify(value)}`];
  });
}

function modelDifferences(wanted: NodeObject['models'], actual: NodeObject['models']): string[] {
  const lost = Object.keys(wanted).filter((model) => actual[model] === undefined);
  const added = Object.keys(actual).filter((model) => wanted[model] === undefined);
  return [
    ...lost.map((model) => `model ${model} was dropped`),
    ...added.map((model) => `model ${model} is there as well`),
    ...Object.entries(wanted).flatMap(([model, { args }]) => {
      const found = actual[model]?.args;
      return found === undefined ? [] : argDifferences(args, found).map((text) => `${text} (model ${model})`);
    }),
  ];
}

function argDifferences(wanted: string[], actual: string[]): string[] {
  if (isDeepStrictEqual(wanted, actual)) return [];
  const flags = new Set([...flagsOf(wanted), ...flagsOf(actual)]);
  const changed = [...flags].flatMap((flag) => {
    const [before, after] = [argValue(wanted, flag), argValue(actual, flag)];
    return before === after ? [] : [`${flag} is ${shown(after)} instead of ${shown(before)}`];
  });
  return changed.length > 0 ? changed : ['the arguments are in another order or form'];
}

function shown(value: string | true | undefined): string {
  if (value === undefined) return 'absent';
  return value === true ? 'set' : value;
}
