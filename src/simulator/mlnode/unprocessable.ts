import type { ErrorObject } from 'ajv';
import { ApiError } from './api-error.js';

/**
 * FastAPI's 422 for a body that does not fit the endpoint, in pydantic's words.
 *
 * @param body the refused body; each finding shows its part of it
 */
export function unprocessable(errors: ErrorObject[] | null | undefined, body: unknown): ApiError {
  return new ApiError(
    422,
    (errors ?? []).map((error) => finding(error, body)),
  );
}

/** FastAPI's 422 for a key that the build does not have. */
export function unknownKey(...path: string[]): ApiError {
  return new ApiError(422, [
    { type: 'extra_forbidden', loc: ['body', ...path], msg: 'Extra inputs are not permitted' },
  ]);
}

function finding({ instancePath, keyword, params, message }: ErrorObject, body: unknown): object {
  const path = instancePath.split('/').slice(1);
  const loc = ['body', ...path.map((part) => (/^\d+$/.test(part) ? Number(part) : part))];
  const input = valueAt(body, path);
  if (keyword === 'required')
    return { type: 'missing', loc: [...loc, params['missingProperty']], msg: 'Field required', input };
  if (keyword === 'additionalProperties') {
    const name = params['additionalProperty'] as string;
    return {
      ...{ type: 'extra_forbidden', loc: [...loc, name], msg: 'Extra inputs are not permitted' },
      input: valueAt(input, [name]),
    };
  }
  if (keyword !== 'type') return { type: 'value_error', loc, msg: `Input ${message}`, input };
  const [type, msg] = typeFinding(String(params['type']), input);
  return { type, loc, msg: `Input should be a valid ${msg}`, input };
}

/** Pydantic's words for a value of another type. */
function typeFinding(wanted: string, input: unknown): [type: string, msg: string] {
  switch (wanted) {
    case 'integer':
      if (typeof input === 'string') return ['int_parsing', 'integer, unable to parse string as an integer'];
      return typeof input === 'number'
        ? ['int_from_float', 'integer, got a number with a fractional part']
        : ['int_type', 'integer'];
    case 'array':
      return ['list_type', 'list'];
    case 'object':
      return ['model_attributes_type', 'dictionary or object to extract fields from'];
    case 'boolean':
      return typeof input === 'string'
        ? ['bool_parsing', 'boolean, unable to interpret input']
        : ['bool_type', 'boolean'];
    default:
      return [`${wanted}_type`, wanted];
  }
}

function valueAt(body: unknown, path: string[]): unknown {
  return path.reduce(
    (value, name) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined,
    body,
  );
}
