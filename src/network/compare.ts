import { isDeepStrictEqual } from 'node:util';
import type { ModelConfig, NodeObject } from './node-object.js';
import { argValue, flagsOf } from './serve-args.js';

/** Fields that hold secrets, by their names: a difference in them is reported without the values. */
const SECRET = /token|secret|passw|credential|api_?key/i;

/**
 * The differences between a stored node object and the wanted one, field by field, in words. Empty when there
 * are none.
 *
 * A field that was not asked for is left to the network node. The exception is `model_override`: weights
 * other than the wanted ones are always a difference.
 */
export function differences(wanted: NodeObject, actual: NodeObject): string[] {
  const { models, ...fields } = wanted;
  return [...fieldDifferences(fields, actual), ...modelDifferences(models, actual.models)];
}

function modelDifferences(wanted: NodeObject['models'], actual: NodeObject['models']): string[] {
  const lost = Object.keys(wanted).filter((model) => actual[model] === undefined);
  const added = Object.keys(actual).filter((model) => wanted[model] === undefined);
  return [
    ...lost.map((model) => `model ${model} was dropped`),
    ...added.map((model) => `model ${model} was added`),
    ...Object.entries(wanted).flatMap(([model, config]) => {
      const found = actual[model];
      return found === undefined
        ? []
        : configDifferences(config, found).map((text) => `${text} (model ${model})`);
    }),
  ];
}

function configDifferences({ args, ...fields }: ModelConfig, actual: ModelConfig): string[] {
  const unasked = isEmpty(fields.model_override) && !isEmpty(actual.model_override);
  return [
    ...argDifferences(args, actual.args),
    ...fieldDifferences(fields, actual),
    ...(unasked ? [`model_override was added: ${shown('', actual.model_override)}`] : []),
  ];
}

/** Go omits what is empty, or writes it as null, "" or []: all of these are equal. */
function fieldDifferences(wanted: object, actual: object): string[] {
  return Object.entries(wanted).flatMap(([field, value]) => {
    const found = (actual as Record<string, unknown>)[field];
    if (isDeepStrictEqual(value, found) || (isEmpty(value) && isEmpty(found))) return [];
    // A field that the user left open is not compared.
    if (value === null || value === undefined) return [];
    if (isEmpty(found)) return [`${field} was not kept`];
    if (SECRET.test(field)) return [`${field} differs`];
    return [`${field} is ${shown(field, found)} instead of ${shown(field, value)}`];
  });
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function argDifferences(wanted: string[], actual: string[]): string[] {
  if (isDeepStrictEqual(wanted, actual)) return [];
  const flags = new Set([...flagsOf(wanted), ...flagsOf(actual)]);
  const changed = [...flags].flatMap((flag) => {
    const [before, after] = [argValue(wanted, flag), argValue(actual, flag)];
    return before === after ? [] : [`${flag} is ${argText(after)} instead of ${argText(before)}`];
  });
  return changed.length > 0 ? changed : ['the arguments are in another order or form'];
}

/** A value without the parts that may be secret. */
function shown(field: string, value: unknown): string {
  const hide = (key: string, each: unknown) => (SECRET.test(key) ? '…' : each);
  return JSON.stringify(hide(field, value), hide);
}

function argText(value: string | true | undefined): string {
  if (value === undefined) return 'absent';
  return value === true ? 'set' : value;
}
