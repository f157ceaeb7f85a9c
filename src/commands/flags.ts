import type { Options } from 'yargs';
import { UsageError } from '../errors.js';

interface NumberRange {
  min?: number;
  max?: number;
  above?: number;
  integer?: boolean;
  default?: number;
}

/** A flag with a number in a range; any other value is a usage error that names the range. */
export function numberFlag<const R extends NumberRange>(name: string, description: string, range: R) {
  const {
    min = Number.NEGATIVE_INFINITY,
    max = Number.POSITIVE_INFINITY,
    above,
    integer = false,
  } = range as NumberRange;
  return {
    type: 'number' as const,
    description,
    requiresArg: true,
    ...(range.default !== undefined && { default: range.default }),
    coerce(value: unknown): number {
      const fits =
        typeof value === 'number' &&
        value >= min &&
        value <= max &&
        (above === undefined || value > above) &&
        (!integer || Number.isSafeInteger(value));
      if (fits) return value;
      requireOnce(name, value);
      throw new UsageError(`--${name} must be ${describeRange({ min, max, above, integer })}`);
    },
  } as NumberOption & (R extends { default: number } ? { default: number } : unknown);
}

type NumberOption = {
  type: 'number';
  description: string;
  requiresArg: true;
  coerce(value: unknown): number;
};

/** A rate or threshold of the statistical test: in (0, 1]. */
export function rateFlag(name: string, description: string) {
  return numberFlag(name, description, { above: 0, max: 1 });
}

/** A block of the chain. */
export const HEIGHT_RANGE = { min: 1, integer: true } as const;

/** An epoch of the chain. */
export const EPOCH_RANGE = { min: 0, integer: true } as const;

/** A port to listen on; 0 is a free one. */
export const PORT_RANGE = { min: 0, max: 65_535, integer: true } as const;

/** A flag with one text. The command line refuses an empty text, and a second one. */
export function textFlag<const E extends Partial<Options>>(description: string, extra?: E) {
  return { type: 'string', description, requiresArg: true, ...(extra as E) } as const;
}

/** A flag that may be given several times, with one text each time. */
export function textsFlag<const E extends Partial<Options>>(description: string, extra?: E) {
  return {
    type: 'string',
    array: true,
    nargs: 1,
    requiresArg: true,
    description,
    ...(extra as E),
  } as const;
}

/** How this machine reaches nodes whose address differs from the network node's. */
export const reachOption = textsFlag(
  'how this machine reaches a node: NODE=URL, for example node1=http://127.0.0.1:8080; repeatable',
  { coerce: (value: string[] | undefined) => (value === undefined ? undefined : [value].flat()) },
);

/** @throws UsageError where the parser made a list of an option that was given twice */
export function requireOnce(name: string, value: unknown): void {
  if (Array.isArray(value)) throw new UsageError(`--${name} is given more than once`);
}

function describeRange(range: {
  min: number;
  max: number;
  above: number | undefined;
  integer: boolean;
}): string {
  const { min, max, above, integer } = range;
  const isBelow = Number.isFinite(max);
  if (above !== undefined)
    return isBelow ? `a number above ${above} and at most ${max}` : `a number above ${above}`;
  if (Number.isFinite(min) && isBelow)
    return integer ? `a whole number from ${min} to ${max}` : `a number from ${min} to ${max}`;
  if (Number.isFinite(min))
    return integer ? `a whole number of ${min} or more` : `a number of ${min} or more`;
  return integer ? 'a whole number' : 'a number';
}
