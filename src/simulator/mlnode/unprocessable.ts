import type { ErrorObject } from 'ajv';
import { ApiError } from './api-error.js';

/** FastAPI's 422 for a body of another form than the endpoint's. */
export function unprocessable(errors: ErrorObject[] | null | undefined): ApiError {
  return new ApiError(422, (errors ?? []).map(finding));
}

/** FastAPI's 422 for a key that the build does not know. */
export function unknownKey(...path: string[]): ApiError {
  return new ApiError(422, [
    { type: 'extra_forbidden', loc: ['body', ...path], msg: 'Extra inputs are not permitted' },
  ]);
}

function finding({ instancePath, keyword, params, message }: ErrorObject): object {
  const path = instancePath.split('/').slice(1);
  const loc = ['body', ...path.map((part) => (/^\d+$/.test(part) ? Number(part) : part))];
  if (keyword === 'required') {
    return { type: 'missing', loc: [...loc, params['missingProperty']], msg: 'Field required' };
  }
  if (keyword === 'additionalProperties') {
    return {
      type: 'extra_forbidden',
      loc: [...loc, params['additionalProperty']],
      msg: 'Extra inputs are not permitted',
    };
  }
  if (keyword === 'type') {
    return { type: `${params['type']}_type`, loc, msg: `Input should be a valid ${params['type']}` };
  }
  return { type: 'value_error', loc, msg: `Input ${message}` };
}
