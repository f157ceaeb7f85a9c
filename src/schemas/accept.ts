import type { ErrorObject, ValidateFunction } from 'ajv';
import { cleaned } from '../clean.js';
import { AssayError } from '../errors.js';

/**
 * Believes a value from outside only if its JSON Schema does, and makes its texts safe to print.
 *
 * @param validate a validator from `generated/`, whose schema describes T
 * @param subject what the value is and where it is from, for the error
 * @returns the value; texts are cut to a bounded length and have no controls of a terminal or a CI system, but for
 *   the arguments of a model server, which are passed on as they are
 * @throws AssayError naming the subject, the place in it and the reason
 */
export function accept<T>(validate: ValidateFunction, value: unknown, subject: string): T {
  return cleaned(acceptAsIs<T>(validate, value, subject));
}

/** The same for a value that is sent on, or compared, letter by letter; what prints it makes it safe. */
export function acceptAsIs<T>(validate: ValidateFunction, value: unknown, subject: string): T {
  if (validate(value)) return value as T;
  throw new AssayError(`${subject}: ${describeErrors(validate.errors)}`);
}

/** ajv's findings as one phrase, the first three of them. */
export function describeErrors(errors: ErrorObject[] | null | undefined): string {
  const told = (errors ?? []).filter((error) => !isOfBranches(error));
  const unique = [
    ...new Set(told.map((error) => (isChoice(error) ? describeChoice(error, told) : describeError(error)))),
  ];
  const rest = unique.length > 3 ? ` (and ${unique.length - 3} more)` : '';
  return unique.slice(0, 3).join(', ') + rest;
}

/** Whether an error only says that those before it came from its branches. */
function isOfBranches({ keyword, params }: ErrorObject): boolean {
  return ['if', 'anyOf'].includes(keyword) || (keyword === 'oneOf' && params['passingSchemas'] === null);
}

/** A key that one of several branches asks for: another branch's key would do. */
function isChoice({ keyword, schemaPath }: ErrorObject): boolean {
  return keyword === 'required' && /\/anyOf\/\d+\/required$/.test(schemaPath);
}

function describeChoice({ instancePath }: ErrorObject, errors: ErrorObject[]): string {
  const keys = errors
    .filter((error) => isChoice(error) && error.instancePath === instancePath)
    .map(({ params }) => `'${params['missingProperty']}'`);
  return `${instancePath || 'the top level'} must have one of ${keys.join(', ')}`;
}

function describeError({ instancePath, message, keyword, params }: ErrorObject): string {
  const place = instancePath === '' ? 'the top level' : instancePath;
  if (keyword === 'additionalProperties')
    return `${place} has an unknown key "${params['additionalProperty']}"`;
  if (keyword === 'enum') return `${place} must be one of ${JSON.stringify(params['allowedValues'])}`;
  if (keyword === 'const') return `${place} must be ${JSON.stringify(params['allowedValue'])}`;
  return `${place} ${message}`;
}
